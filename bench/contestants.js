/** Who runs: how each is started, and where its tables are afterwards. */
const { existsSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
/** Fixed, so that the tables can be compared to the last column. */
const NOW = '2026-01-01T00:00:00Z';
const CLI = join(ROOT, 'dist', 'bundle', 'cli.js');
const PYTHON = join(__dirname, 'data', 'venv', 'bin', 'python');

/**
 * @typedef {object} Contestant
 * @property {string} title
 * @property {(input: string, output: string) => string[]} command
 * @property {Record<string, string>} [env]
 * @property {(output: string, table: string) => string} from what DuckDB reads a table of the result from
 * @property {string} output name of the result, within the folder for results
 * @property {() => string | undefined} missing what has to be done before it can run
 */

const duckdbFile = (_output, table) => `result.${table}`;

/** @type {Record<string, Contestant>} */
const CONTESTANTS = {
  ours: {
    title: 'FunnelPulse',
    output: 'ours.duckdb',
    command: (input, output) => [
      process.execPath,
      CLI,
      'run',
      '--input',
      input,
      '--output',
      `duckdb:${output}`,
      '--now',
      NOW,
      '--quiet',
      '--json',
    ],
    from: duckdbFile,
    missing: () => (existsSync(CLI) ? undefined : 'npm run build'),
  },
  duckdb: {
    title: 'DuckDB SQL',
    output: 'peer.duckdb',
    command: (input, output) => [process.execPath, join(__dirname, 'peers', 'duckdb.js'), input, output, NOW],
    from: duckdbFile,
    missing: () => undefined,
  },
  polars: {
    title: 'Polars',
    output: 'polars',
    env: { POLARS_MAX_THREADS: '2' },
    command: (input, output) => [PYTHON, join(__dirname, 'peers', 'polars.py'), input, output, NOW],
    from: (output, table) => `read_parquet('${join(output, `${table}.parquet`)}')`,
    missing: () => (existsSync(PYTHON) ? undefined : 'bench/setup.sh'),
  },
};

/** DuckDB again, allowed as much memory as we took. */
function limited(megabytes) {
  const { duckdb } = CONTESTANTS;
  return {
    ...duckdb,
    title: `DuckDB SQL, memory_limit ${megabytes} MB`,
    command: (input, output) => [...duckdb.command(input, output), `${megabytes}MB`],
  };
}

/** Removes what an earlier run left. */
function clear(output) {
  for (const path of [output, `${output}.wal`, `${output}.tmp`])
    rmSync(path, { recursive: true, force: true });
}

module.exports = { CONTESTANTS, ROOT, clear, limited };
