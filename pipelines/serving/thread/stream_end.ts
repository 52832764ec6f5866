/** The stream's end of the line to the thread that serves it: sends what the thread holds, and answers what it doesn't. */
import { ASKED_TABLES, MOST_HELD_ROWS } from '../../../serving/columns/asked_tables';
import type { Store } from '../../../serving/questions/store';
import type { PipelineStatus } from '../../../serving/served';
import type { StreamOutput } from '../../outputs/stream_output';
import type { FromThread, Line, ToThread } from './messages';
import { sentError } from './sent_error';

const STATUS_MS = 500;

interface Reader {
  readonly store: Store;
  readonly leave: () => void;
}

export class StreamEnd {
  private readonly readers = new Map<number, Reader>();
  private readonly telling: NodeJS.Timeout;
  private told = '';
  private moments = new WeakMap<object, number>();
  private lastMoment = 0;

  constructor(
    private readonly port: Line<ToThread, FromThread>,
    private readonly output: Pick<StreamOutput, 'hold' | 'release' | 'read'>,
    private readonly status: () => PipelineStatus,
    private readonly mostRows = MOST_HELD_ROWS,
  ) {
    port.on('message', (message: FromThread) => this.hear(message));
    this.tellStatus();
    this.telling = setInterval(() => this.tellStatus(), STATUS_MS);
  }

  /** To be called after each flush. */
  written(): void {
    this.say({ say: 'written' });
  }

  close(): void {
    clearInterval(this.telling);
    for (const { leave } of this.readers.values()) leave();
    this.say({ say: 'close' });
  }

  private hear(message: FromThread): void {
    if (message.say === 'hold') this.answer(message.id, this.hold());
    else if (message.say === 'read') this.answer(message.id, this.read(message.reader));
    else if (message.say === 'release') this.output.release?.();
    else if (message.say === 'leave') this.readers.get(message.reader)?.leave();
    else if (message.say === 'select') {
      const reader = this.readers.get(message.reader);
      const rows = reader?.store.select(message.selection) ?? Promise.reject(new Error('nobody reads'));
      this.answer(message.id, rows);
    }
  }

  private async hold(): Promise<boolean> {
    return (
      (await this.output.hold?.({
        tables: ASKED_TABLES,
        mostRows: this.mostRows,
        rows: (table, block) => this.say({ say: 'rows', rows: { table: table.name, block } }),
        held: () => this.say({ say: 'held' }),
        changes: (changes) =>
          this.say({
            say: 'changes',
            changes: changes.map(({ table, ...change }) => ({ table: table.name, ...change })),
          }),
        forget: () => this.say({ say: 'forget' }),
      })) ?? false
    );
  }

  /** Resolves when there is a store to ask, which there is until the reader leaves. */
  private read(reader: number): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.output
        .read(
          (store) =>
            new Promise<void>((leave) => {
              this.readers.set(reader, { store, leave });
              resolve(store.moment === undefined ? null : this.numberOf(store.moment));
            }),
        )
        .then(() => this.readers.delete(reader), reject);
    });
  }

  private numberOf(moment: object): number {
    const number = this.moments.get(moment) ?? ++this.lastMoment;
    this.moments.set(moment, number);
    return number;
  }

  private tellStatus(): void {
    const status = this.status();
    const text = JSON.stringify(status);
    if (text !== this.told) this.say({ say: 'status', status });
    this.told = text;
  }

  private answer(id: number, answer: Promise<unknown>): void {
    answer.then(
      (value) => this.say({ say: 'answer', id, value }),
      (error) => this.say({ say: 'failure', id, error: sentError(error) }),
    );
  }

  private say(message: ToThread): void {
    this.port.postMessage(message);
  }
}
