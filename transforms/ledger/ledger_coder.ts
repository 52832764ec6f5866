import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';
import { JsonCoder } from '../../beam/json_coder';
import type { HourBooks, Ledger } from './ledger_fn';

/** What a ledger is as JSON. */
type Plain = [number | null, Omit<HourBooks, 'redriven'> & { redriven: string[] }][];

/** The ledger's accumulator. */
export class LedgerCoder implements Coder<Ledger> {
  static readonly URN = 'funnelpulse:coder:ledger:v1';
  readonly type = 'ledger';
  private readonly json = new JsonCoder<Plain>();

  encode({ hours }: Ledger, writer: Writer, context: Context): void {
    const plain: Plain = [];
    for (const [hour, books] of hours) plain.push([hour, { ...books, redriven: [...books.redriven] }]);
    this.json.encode(plain, writer, context);
  }

  decode(reader: Reader, context: Context): Ledger {
    const hours: Ledger['hours'] = new Map();
    for (const [hour, books] of this.json.decode(reader, context))
      hours.set(hour, { ...books, redriven: new Set(books.redriven) });
    return { hours };
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: LedgerCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(LedgerCoder.URN, LedgerCoder);
