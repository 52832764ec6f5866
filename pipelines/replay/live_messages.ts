/** The messages of a shop that goes on while they are sent. */
import * as readline from 'node:readline';
import type { Departure } from '../../producers/replay/departures';
import { LiveShop, type LiveShopOptions, ROW_COLUMNS } from '../../producers/shop';
import type { StatusLine } from '../status_line';
import { LiveIncidents } from './live_incidents';
import { type OrderingKey, type RecordMessage, RecordMessages } from './record_messages';

export interface LiveOptions extends LiveShopOptions {
  readonly orderingKey: OrderingKey;
}

/** A live shop, and the incidents that lines of standard input begin and end. */
export class LiveMessages {
  private readonly shop: LiveShop;
  readonly incidents: LiveIncidents;
  private readonly messages: RecordMessages;

  constructor(options: LiveOptions) {
    this.shop = new LiveShop(options);
    this.incidents = new LiveIncidents(this.shop);
    this.messages = new RecordMessages(options.orderingKey);
  }

  /** What leaves, second by second of the shop, evenly spread over each. A second is made when the one before it has been taken. */
  *departures(): Generator<Departure<RecordMessage>> {
    const { shop, incidents, messages } = this;
    while (!shop.isClosed) {
      incidents.tick();
      const start = shop.time;
      const rows = shop.nextSecond();
      for (const [i, row] of rows.entries()) {
        const at = start + Math.floor((1000 * i) / rows.length);
        yield { at, message: messages.read(row, ROW_COLUMNS), late: false, duplicate: false };
      }
    }
  }

  /** The same, obeying what is typed on standard input meanwhile; answers go to standard error, unless nobody wants them. */
  async *obeying(line: StatusLine | null, quiet: boolean): AsyncGenerator<Departure<RecordMessage>> {
    const typed = readline.createInterface({ input: process.stdin, terminal: false });
    typed.on('line', (text) => {
      const answer = this.incidents.obey(text);
      line?.end();
      if (answer !== '' && !quiet) process.stderr.write(`${answer}\n`);
    });
    // Without standard input nobody can say anything.
    process.stdin.on('error', () => typed.close());
    try {
      yield* this.departures();
    } finally {
      typed.close();
      process.stdin.destroy();
    }
  }
}
