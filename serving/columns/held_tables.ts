/** Tables in memory that many read while one writer changes them: every reader sees one moment. */
import type { Store } from '../questions/store';
import type { ColumnStore } from './column_store';

export class HeldTables {
  private moment = {};
  private readers = 0;
  private readonly changes: ((columns: ColumnStore) => void)[] = [];
  /** Kept when what waits has been done. */
  private changed: Promise<void> | undefined;
  private onChanged: () => void = () => {};

  constructor(private readonly columns: ColumnStore) {}

  /** Asks questions of one moment; they must wait for nothing but each other. What `questions` gets must not be used after its promise is kept. */
  async read<T>(questions: (store: Store) => Promise<T>): Promise<T> {
    // Readers one after another would keep a change out for good.
    while (this.changed !== undefined) await this.changed;
    this.readers++;
    try {
      return await questions({
        select: async (selection) => this.columns.select(selection),
        moment: this.moment,
      });
    } finally {
      this.readers--;
      if (this.readers === 0) this.changeNow();
    }
  }

  /** Changes the tables as soon as nobody is reading; changes keep their order. */
  change(work: (columns: ColumnStore) => void): void {
    this.changes.push(work);
    if (this.readers === 0) this.changeNow();
    else
      this.changed ??= new Promise((resolve) => {
        this.onChanged = resolve;
      });
  }

  private changeNow(): void {
    if (this.changes.length === 0) return;
    for (const work of this.changes.splice(0)) work(this.columns);
    this.moment = {};
    this.changed = undefined;
    this.onChanged();
  }
}
