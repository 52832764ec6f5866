/** Gives the tables of a stream's DuckDB file to who holds them elsewhere: all rows once, and then what each flush has changed. */
import type { AttachedFile } from '../../io/duckdb/attached_file';
import type { FlushFollower } from '../../io/duckdb/flush_change';
import { columnSource, readColumns } from '../../io/duckdb/read_columns';
import { watchFile } from '../../io/duckdb/watch_file';
import type { TableChange } from '../../schema/table_change';
import type { TableHolder } from './stream_output';

export class TableFeed implements FlushFollower {
  private holder: TableHolder | null = null;
  private readonly unwatch: () => void;

  constructor(private readonly file: AttachedFile) {
    file.onChangeByOthers(() => this.forget());
    this.unwatch = watchFile(file.file, {
      onChange: () => {
        if (file.isChangedByOthers()) this.forget();
      },
      onWriter: () => {},
    });
  }

  /** What flushes have to tell of: nothing for as long as nobody holds it. */
  get held(): FlushFollower['held'] {
    return this.holder?.tables ?? [];
  }

  onFlush(changes: readonly TableChange[]): void {
    if (changes.length > 0) this.holder?.changes(changes);
  }

  /**
   * Gives all rows, then {@link TableHolder.held}, then changes, until it is told to forget. False where there are more rows than the holder takes; then it is told to forget, too.
   *
   * @throws {LockedError} where another process has the file open
   * @throws {InputError} where it can't be read otherwise
   */
  hold(holder: TableHolder): Promise<boolean> {
    return this.file.load(async (connection) => {
      let rows = 0;
      for (const { table, columns } of holder.tables)
        for await (const block of readColumns(connection, columnSource(table, columns))) {
          rows += block.rows;
          if (rows > holder.mostRows) {
            holder.forget();
            return false;
          }
          holder.rows(table, block);
        }
      this.holder = holder;
      holder.held();
      return true;
    });
  }

  /** Nobody holds them any more. */
  forget(): void {
    const { holder } = this;
    this.holder = null;
    holder?.forget();
  }

  close(): void {
    this.unwatch();
    this.holder = null;
  }
}
