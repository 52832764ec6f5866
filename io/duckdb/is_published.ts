import * as fs from 'node:fs';
import { withDuckdb } from './open';

/** Whether the tables of the output are this run's. */
export async function isPublished(file: string, runId: string): Promise<boolean> {
  if (!fs.existsSync(file)) return false;
  return withDuckdb(file, 'READ_ONLY', async (connection) => {
    const found = await connection.runAndReadAll(
      "SELECT 1 FROM information_schema.tables WHERE table_name = 'runs'",
    );
    if (found.getRows().length === 0) return false;
    return (
      (await connection.runAndReadAll('SELECT 1 FROM runs WHERE run_id = $1', [runId])).getRows().length > 0
    );
  });
}
