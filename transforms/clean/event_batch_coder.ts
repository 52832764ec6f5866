import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { readBlock, writeBlock } from '../../beam/json_coder';
import { EventBatch } from './event_batch';

/** Batches as their own bytes. */
export class EventBatchCoder implements Coder<EventBatch> {
  static readonly URN = 'funnelpulse:coder:event_batch:v1';
  readonly type = 'event_batch';

  encode(batch: EventBatch, writer: Writer, context: Context): void {
    if (context === 'needsDelimiters') writer.uint32(batch.bytes.length);
    writeBlock(batch.bytes, writer);
  }

  decode(reader: Reader, context: Context): EventBatch {
    return new EventBatch(readBlock(reader, context));
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: EventBatchCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

/** Records in an encoded batch. */
export function recordsIn(encoded: Uint8Array): number {
  // A copy: what the runner hands out need not lie where words may begin.
  return new EventBatch(encoded.slice()).size;
}

globalRegistry().register(EventBatchCoder.URN, EventBatchCoder);
