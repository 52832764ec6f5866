/** Dead letters of an output, a page at a time: the file is open for each page only, so that a stream can go on writing. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import { type DeadLetterRow, deadLetters } from '../../schema/tables';
import { type InspectedRun, lastRun } from './inspect_output';
import { withDuckdb } from './open';
import { whenUnlocked } from './when_unlocked';

/** Rows that are read at a time: with payloads of some kilobytes, a few megabytes. */
const PAGE_ROWS = 2000;

/** What is needed of a dead letter to try it again. */
export type DeadLetter = Pick<
  DeadLetterRow,
  'source' | 'position' | 'reason' | 'payload' | 'payload_encoding' | 'columns'
>;

/** The run that wrote last. @throws {InputError} where the file is no output, or can't be read. */
export function readLastRun(file: string): Promise<InspectedRun> {
  return whenUnlocked(() => withDuckdb(file, 'READ_ONLY', (connection) => lastRun(connection, file)));
}

/**
 * Dead letters in the order of their key: those that were there at `before` (milliseconds since 1970), not what comes while they are read.
 *
 * @param reason only those that were rejected for it; null for all.
 */
export async function* readDeadLetters(
  file: string,
  reason: string | null,
  before: number,
): AsyncGenerator<readonly DeadLetter[]> {
  let after: DeadLetter | undefined;
  for (;;) {
    const page = await whenUnlocked(() =>
      withDuckdb(file, 'READ_ONLY', (connection) => readPage(connection, reason, before, after)),
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1);
  }
}

async function readPage(
  connection: DuckDBConnection,
  reason: string | null,
  before: number,
  after: DeadLetter | undefined,
): Promise<DeadLetter[]> {
  const found = await connection.runAndReadAll(
    `SELECT source, position, reason, payload, payload_encoding, columns FROM ${quote(deadLetters.name)}
     WHERE rejected_at <= epoch_ms($1::BIGINT) AND ($2::VARCHAR IS NULL OR reason = $2) AND ($3::VARCHAR IS NULL OR (source, position, reason) > ($3, $4, $5))
     ORDER BY source, position, reason LIMIT ${PAGE_ROWS}`,
    [BigInt(before), reason, after?.source ?? null, after?.position ?? null, after?.reason ?? null],
  );
  return found.getRowObjectsJson() as unknown as DeadLetter[];
}
