import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { JsonCoder } from '../../beam/json_coder';
import type { HourBooks, Ledger } from './ledger_fn';

/** What a ledger is as JSON. */
type Plain = readonly [hours: [number, HourBooks][], unknown: [number, number]];

/** The ledger's accumulator. */
export class LedgerCoder implements Coder<Ledger> {
  static readonly URN = 'funnelpulse:coder:ledger:v1';
  readonly type = 'ledger';
  private readonly json = new JsonCoder<Plain>();

  encode({ hours, unknown }: Ledger, writer: Writer, context: Context): void {
    this.json.encode([[...hours], unknown], writer, context);
  }

  decode(reader: Reader, context: Context): Ledger {
    const [hours, unknown] = this.json.decode(reader, context);
    return { hours: new Map(hours), unknown };
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: LedgerCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(LedgerCoder.URN, LedgerCoder);
