import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { RollupCoder } from '../count/coders';
import type { SourcedRollup, Sources } from './merge_fn';

/** A merge's accumulator: the number of sources, then the rollup of each. */
export class SourcesCoder implements Coder<Sources> {
  static readonly URN = 'funnelpulse:coder:sources:v1';
  readonly type = 'sources';
  private readonly rollup = new RollupCoder<SourcedRollup>();

  encode(sources: Sources, writer: Writer, _context: Context): void {
    writer.uint32(sources.size);
    for (const rollup of sources.values()) this.rollup.encode(rollup, writer, Context.needsDelimiters);
  }

  decode(reader: Reader, _context: Context): Sources {
    const sources: Sources = new Map();
    for (let left = reader.uint32(); left > 0; left--) {
      const rollup = this.rollup.decode(reader, Context.needsDelimiters);
      sources.set(rollup.source, rollup);
    }
    return sources;
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: SourcesCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(SourcesCoder.URN, SourcesCoder);
