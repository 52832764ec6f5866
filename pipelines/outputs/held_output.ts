/** A stream's DuckDB file whose tables are held in memory for who asks a lot: loaded when somebody asks first, changed by each flush. */
import type { AttachedFile } from '../../io/duckdb/attached_file';
import type { FlushFollower, TableChange } from '../../io/duckdb/flush_change';
import { columnSource, readColumns } from '../../io/duckdb/read_columns';
import { ASKED_TABLES } from '../../serving/columns/asked_tables';
import { ColumnStore } from '../../serving/columns/column_store';
import { HeldTables } from '../../serving/columns/held_tables';
import type { Store } from '../../serving/questions/store';

/** Rows of all tables, some 60 bytes each, beyond which the file is asked instead. */
const MOST_ROWS = 4_000_000;

export class HeldOutput implements FlushFollower {
  private tables: HeldTables | null = null;
  private columns: ColumnStore | null = null;
  private loading: Promise<void> | undefined;
  private isTooLarge = false;

  constructor(
    private readonly file: AttachedFile,
    private readonly mostRows = MOST_ROWS,
  ) {
    file.onChangeByOthers(() => this.forget(false));
  }

  /** What flushes have to tell of: nothing before somebody has asked. */
  get held(): FlushFollower['held'] {
    return this.tables === null ? [] : ASKED_TABLES;
  }

  onFlush(changes: readonly TableChange[]): void {
    this.tables?.change((columns) => {
      for (const { table, block, voids } of changes) columns.apply(table, block, voids);
    });
    if (this.columns !== null && this.columns.rows > this.mostRows) this.forget(true);
  }

  /**
   * Asks questions of one moment. Null where there are too many rows to hold: then the file has to be asked.
   *
   * @throws {LockedError} where another process has the file open and it has to be read
   * @throws {InputError} where it can't be read otherwise
   */
  async read<T>(questions: (store: Store) => Promise<T>): Promise<{ readonly answer: T } | null> {
    if (this.tables !== null && this.file.isChangedByOthers()) this.forget(false);
    if (this.tables === null && !this.isTooLarge) {
      this.loading ??= this.load().finally(() => {
        this.loading = undefined;
      });
      await this.loading;
    }
    return this.tables === null ? null : { answer: await this.tables.read(questions) };
  }

  private async load(): Promise<void> {
    await this.file.load(async (connection) => {
      const columns = new ColumnStore(ASKED_TABLES);
      for (const { table, columns: names } of ASKED_TABLES) {
        for await (const block of readColumns(connection, columnSource(table, names))) {
          columns.load(table, block);
          if (columns.rows > this.mostRows) {
            this.forget(true);
            return;
          }
        }
      }
      this.columns = columns;
      this.tables = new HeldTables(columns);
    });
  }

  private forget(isTooLarge: boolean): void {
    this.isTooLarge = isTooLarge;
    this.tables = null;
    this.columns = null;
  }
}
