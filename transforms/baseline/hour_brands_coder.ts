import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { readBlock, writeBlock } from '../../beam/json_coder';
import { decodeCells, encodeCells } from '../count/cells_codec';
import type { HourBrands } from './baseline_fn';

/** An hour's brands: hour and revision as doubles, then the block of cells. */
export class HourBrandsCoder implements Coder<HourBrands> {
  static readonly URN = 'funnelpulse:coder:hour_brands:v1';
  readonly type = 'hour_brands';

  encode({ hour, revision, brands }: HourBrands, writer: Writer, _context: Context): void {
    const block = encodeCells(brands);
    writer.double(hour).double(revision).uint32(block.length);
    writeBlock(block, writer);
  }

  decode(reader: Reader, _context: Context): HourBrands {
    const hour = reader.double();
    const revision = reader.double();
    return { hour, revision, brands: decodeCells(readBlock(reader, Context.needsDelimiters)) };
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: HourBrandsCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(HourBrandsCoder.URN, HourBrandsCoder);
