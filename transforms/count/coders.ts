import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { readBlock, readText, writeBlock, writeText } from '../../beam/json_coder';
import { EventBatch } from '../clean/event_batch';
import { decodeCells, encodeCells } from './cells_codec';
import { RecordSet } from './record_set';
import type { Rollup } from './rollup';

/** Accumulators as the block of their records, behind the number of records absorbed. */
export class RecordSetCoder implements Coder<RecordSet> {
  static readonly URN = 'funnelpulse:coder:record_set:v1';
  readonly type = 'record_set';

  encode(set: RecordSet, writer: Writer, context: Context): void {
    const block = set.pack().bytes;
    writer.double(set.absorbed);
    if (context === 'needsDelimiters') writer.uint32(block.length);
    writeBlock(block, writer);
  }

  decode(reader: Reader, context: Context): RecordSet {
    const absorbed = reader.double();
    return RecordSet.unpack(new EventBatch(readBlock(reader, context)), absorbed);
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: RecordSetCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

/** Rollups, and what has their fields: three blocks of cells, then the rest as JSON. */
export class RollupCoder<T extends Rollup> implements Coder<T> {
  static readonly URN = 'funnelpulse:coder:rollup:v1';
  readonly type = 'rollup';

  encode(rollup: T, writer: Writer, _context: Context): void {
    const { brands, categories, priceBands, ...rest } = rollup;
    for (const cells of [brands, categories, priceBands]) {
      const block = encodeCells(cells);
      writer.uint32(block.length);
      writeBlock(block, writer);
    }
    writeText(JSON.stringify(rest), writer, Context.needsDelimiters);
  }

  decode(reader: Reader, _context: Context): T {
    const [brands, categories, priceBands] = [0, 1, 2].map(() =>
      decodeCells(readBlock(reader, Context.needsDelimiters)),
    );
    return { ...JSON.parse(readText(reader, Context.needsDelimiters)), brands, categories, priceBands };
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: RollupCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(RecordSetCoder.URN, RecordSetCoder);
globalRegistry().register(RollupCoder.URN, RollupCoder);
