/**
 * Runs duckdb.sql as a process of its own: node bench/peers/duckdb.js INPUT OUTPUT NOW [MEMORY_LIMIT]
 * MEMORY_LIMIT is DuckDB's own setting, such as 500MB; what doesn't fit spills beside OUTPUT.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { DuckDBInstance } = require('@duckdb/node-api');

async function main([input, output, now, memoryLimit]) {
  const text = (value) => value.replaceAll("'", "''");
  const sql = readFileSync(join(__dirname, 'duckdb.sql'), 'utf8')
    .replaceAll('@input@', () => text(input))
    .replaceAll('@output@', () => text(output))
    .replaceAll('@now@', () => text(now.replace('T', ' ').replace('Z', '')));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`SET temp_directory = '${text(output)}.tmp'`);
  if (memoryLimit) await connection.run(`SET memory_limit = '${text(memoryLimit)}'`);
  const statements = sql.replace(/^--.*$/gm, '').split(/;\s*$/m);
  for (const statement of statements.filter((one) => one.trim() !== '')) {
    const start = process.hrtime.bigint();
    await connection.run(statement);
    if (process.env.BENCH_STEPS) {
      console.error(
        (Number(process.hrtime.bigint() - start) / 1e9).toFixed(2),
        statement.trim().slice(0, 60).replace(/\s+/g, ' '),
      );
    }
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
