/** What a flush has changed in the tables, for who holds some of them in memory: the same rows, as they stand in the file now. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { required } from '../../schema/column';
import type { ColumnBlock } from '../../schema/column_block';
import { quote } from '../../schema/duckdb';
import type { Table, TableColumns } from '../../schema/table';
import type { TableChange } from '../../schema/table_change';
import { pipelineLedger, runs } from '../../schema/tables';
import type { Stamp } from '../staging/stream_rows';
import { type ColumnSource, columnSource, readFewRows } from './read_columns';
import { incomingWithVoids, stampedIncoming } from './upsert_statements';
import { VectorTexts } from './vector_texts';

/** Who wants to know what flushes change. */
export interface FlushFollower {
  /** Of which tables, and which of their columns. Those of which nobody is to be told are not read. */
  readonly held: readonly TableColumns[];
  /**
   * Called once for each flush that has taken effect, also where it has changed nothing, before the next one begins and before anybody can load the tables (AttachedFile.load); never for one that has not. What it
   * throws comes out of the flush, which stays in the tables all the same.
   */
  readonly onFlush: (changes: readonly TableChange[]) => void;
}

/** A flush whose rows are in the tables, and still in those of what came in. */
export interface BroughtIn {
  readonly stamp: Stamp;
  /** Rows that took effect, by table. */
  readonly accepted: Readonly<Record<string, number>>;
  /** Tables with rows that take others away. */
  readonly voiding: ReadonlySet<string>;
  /** Rows of the ledger that were doubted (doubtCutOff): they have changed without having come in. */
  readonly doubted: number;
}

/** What the flush has changed of what is wanted, read within its transaction. Of `runs` all rows, since they are few. */
export async function readChanges(
  connection: DuckDBConnection,
  { held }: FlushFollower,
  flush: BroughtIn,
): Promise<TableChange[]> {
  const changes: TableChange[] = [];
  const texts = new VectorTexts();
  for (const { table, columns } of held) {
    const from = changedRows(table, flush);
    if (from === null) continue;
    const source = columnSource(table, columns, from);
    const blocks = flush.voiding.has(table.name)
      ? await readWithVoids(connection, source, texts)
      : (await readFewRows(connection, source, texts)).map((block) => ({ block, voids: null }));
    changes.push(...blocks.map((each) => ({ table, ...each })));
  }
  return changes;
}

/** Where a table's changed rows are; null where there are none. */
function changedRows(table: Table, { stamp, accepted, voiding, doubted }: BroughtIn): string | null {
  if (table.name === runs.name) return quote(runs.name);
  // Doubted rows bear this commit's number or a later one; what has come in bears this one's.
  if (table.name === pipelineLedger.name && doubted > 0)
    return `(FROM ${quote(table.name)} WHERE "commit" >= ${stamp.commit})`;
  if ((accepted[table.name] ?? 0) === 0) return null;
  return `(${voiding.has(table.name) ? incomingWithVoids(table, stamp, VOID) : stampedIncoming(table, stamp)})`;
}

/** The column that says whether a row is void: no table's own. */
const VOID = 'is void';

async function readWithVoids(
  connection: DuckDBConnection,
  source: ColumnSource,
  texts: VectorTexts,
): Promise<{ block: ColumnBlock; voids: Uint8Array }[]> {
  const columns = { ...source.columns, [VOID]: required('boolean', 'The row counts no event') };
  return (await readFewRows(connection, { ...source, columns }, texts)).map((block) => {
    const { [VOID]: marks, ...kept } = block.columns;
    return {
      block: { rows: block.rows, columns: kept },
      voids: Uint8Array.from(marks.values as Float64Array),
    };
  });
}
