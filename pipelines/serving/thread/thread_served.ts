/** A stream's tables as the thread has them that serves it: in memory, and where they are too many by asking the stream. */
import { EventEmitter } from 'node:events';
import type { Table } from '../../../schema/table';
import { ASKED_TABLES, MOST_HELD_ROWS } from '../../../serving/columns/asked_tables';
import { ColumnStore } from '../../../serving/columns/column_store';
import { HeldTables } from '../../../serving/columns/held_tables';
import type { Selection } from '../../../serving/questions/selection';
import type { Store } from '../../../serving/questions/store';
import type { PipelineStatus, Served } from '../../../serving/served';
import type { FromThread, Line, SentChange, SentRows, ToThread } from './messages';
import { receivedError } from './sent_error';

type Asking = {
  [S in FromThread['say']]: Omit<Extract<FromThread, { say: S; id: number }>, 'id'>;
}[FromThread['say']];

export class ThreadServed implements Served {
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private lastId = 0;
  private columns = new ColumnStore(ASKED_TABLES);
  private tables: HeldTables | null = null;
  private holding: Promise<boolean> | undefined;
  private canHold = true;
  private latest: PipelineStatus | null = null;
  private moment: { readonly number: number; readonly object: object } | undefined;

  /** @param name the output as the user named it @param onClose told that the stream ends */
  constructor(
    readonly name: string,
    private readonly port: Line<FromThread, ToThread>,
    onClose: () => void,
    private readonly mostRows = MOST_HELD_ROWS,
  ) {
    port.on('message', (message: ToThread) => {
      if (message.say === 'close') onClose();
      else this.hear(message);
    });
  }

  async read<T>(questions: (store: Store) => Promise<T>): Promise<T> {
    if (this.tables === null && this.canHold) {
      this.holding ??= this.ask<boolean>({ say: 'hold' }).finally(() => {
        this.holding = undefined;
      });
      this.canHold = await this.holding;
    }
    return this.tables === null ? this.readAfar(questions) : this.tables.read(questions);
  }

  onChange(listener: () => void): () => void {
    this.changes.on('change', listener);
    return () => this.changes.off('change', listener);
  }

  status(): PipelineStatus | null {
    return this.latest;
  }

  async close(): Promise<void> {
    this.changes.removeAllListeners();
  }

  private hear(message: Exclude<ToThread, { say: 'close' }>): void {
    if (message.say === 'rows') this.load(message.rows);
    else if (message.say === 'held') this.tables = new HeldTables(this.columns);
    else if (message.say === 'changes') this.change(message.changes);
    else if (message.say === 'forget') this.forget();
    else if (message.say === 'written') this.changes.emit('change');
    else if (message.say === 'status') this.latest = message.status;
    else {
      const asked = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.say === 'answer') asked?.resolve(message.value as never);
      else asked?.reject(receivedError(message.error));
    }
  }

  private load({ table, block }: SentRows): void {
    this.columns.load(namedTable(table), block);
  }

  private change(changes: readonly SentChange[]): void {
    this.tables?.change((columns) => {
      for (const { table, block, voids } of changes) columns.apply(namedTable(table), block, voids);
    });
    if (this.columns.rows <= this.mostRows) return;
    this.canHold = false;
    this.port.postMessage({ say: 'release' });
  }

  /** Who is reading goes on with what was. */
  private forget(): void {
    this.tables = null;
    this.columns = new ColumnStore(ASKED_TABLES);
    this.changes.emit('change');
  }

  private ask<T>(question: Asking): Promise<T> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.port.postMessage({ ...question, id } as FromThread);
    });
  }

  private async readAfar<T>(questions: (store: Store) => Promise<T>): Promise<T> {
    const reader = ++this.lastId;
    const number = await this.ask<number | null>({ say: 'read', reader });
    try {
      return await questions({
        select: (selection) => this.ask({ say: 'select', reader, selection: selection as Selection }),
        ...(number !== null && { moment: this.momentOf(number) }),
      });
    } finally {
      this.port.postMessage({ say: 'leave', reader });
    }
  }

  private momentOf(number: number): object {
    if (this.moment?.number !== number) this.moment = { number, object: {} };
    return this.moment.object;
  }
}

function namedTable(name: string): Table {
  const held = ASKED_TABLES.find(({ table }) => table.name === name);
  if (held === undefined) throw new Error(`${name} is not held`);
  return held.table;
}
