/**
 * The benchmark: the same CSV through FunnelPulse, DuckDB SQL and Polars, as whole processes, one after the other in turns; then what ours
 * costs at a tenth and at three times the rows. Writes bench/results/batch.json and the table in bench/README.md.
 *
 *   node bench/run.js [--rounds 3] [--rows 8738120] [--only ours,duckdb,polars] [--no-curve] [--no-write]
 *
 * Needs `npm run build`, python3, and bench/setup.sh for Polars. The data (1 GB, with the curve 4.5 GB) is generated once into bench/data.
 */
const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { assertAgree, digest } = require('./agree');
const { CONTESTANTS, clear, limited, ROOT } = require('./contestants');
const { machine, median, writeReport } = require('./report');

const DATA = join(__dirname, 'data');
const DAYS = 61;
const SEED = 1;

function options() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      rows: { type: 'string', default: '8738120' },
      only: { type: 'string', default: 'ours,duckdb,polars' },
      'no-curve': { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
    },
  });
  const names = values.only.split(',');
  const rounds = Number(values.rounds);
  const rows = Number(values.rows);
  const unknown = names.find((name) => !(name in CONTESTANTS));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: it takes ${Object.keys(CONTESTANTS).join(', ')}`);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1');
  if (!Number.isInteger(rows) || rows < 1000) throw new Error('--rows must be a whole number from 1000');
  for (const name of names) {
    const missing = CONTESTANTS[name].missing();
    if (missing) throw new Error(`${CONTESTANTS[name].title} cannot run yet: ${missing}`);
  }
  return {
    rounds,
    rows,
    names,
    curve: !values['no-curve'] && names.includes('ours'),
    write: !values['no-write'],
  };
}

/** The generated file of so many rows, made when missing. More rows are more days of the same shop. */
async function dataFile(rows, days) {
  const out = join(DATA, `shop-${rows}-${days}d-seed${SEED}.csv`);
  if (!existsSync(out)) {
    const generator = join(ROOT, 'dist', 'producers', 'shop');
    if (!existsSync(generator)) throw new Error('the generator is not built: npm run build');
    console.log(`generating ${out}`);
    const { writeShop } = require(generator);
    await writeShop({ events: rows, days, seed: SEED, out });
  }
  return out;
}

/** Runs it once as a process and returns { wall_s, cpu_s, peak_mb }. */
function once(contestant, input, output) {
  clear(output);
  const report = join(DATA, 'report.json');
  const [command, ...args] = [
    'python3',
    join(__dirname, 'measure.py'),
    report,
    ...contestant.command(input, output),
  ];
  execFileSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...contestant.env },
  });
  const { exit, ...took } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  if (exit !== 0) throw new Error(`${contestant.title} ended with exit code ${exit}`);
  console.log(
    `${contestant.title.padEnd(36)} ${took.wall_s.toFixed(2)} s, ${took.cpu_s.toFixed(2)} CPU s, ${took.peak_mb} MB`,
  );
  return took;
}

async function main() {
  const { rounds, rows, names, curve, write } = options();
  mkdirSync(DATA, { recursive: true });
  const input = await dataFile(rows, DAYS);
  const place = (contestant) => join(DATA, contestant.output);

  console.log(`warm-up, then ${rounds} rounds of ${rows} rows`);
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  let first;
  for (let round = 0; round <= rounds; round++) {
    // Each goes first in turn.
    const order = names.map((_, i) => names[(i + round) % names.length]);
    for (const name of order) {
      const contestant = CONTESTANTS[name];
      const took = once(contestant, input, place(contestant));
      if (round > 0) runs[name].push(took);
      const result = await digest(contestant, place(contestant));
      first ??= { title: contestant.title, result };
      assertAgree(first.title, first.result, contestant.title, result);
    }
  }
  console.log('all agree on every row of the gold tables and on the anomalies');

  const results = names.map((name) => ({ name, title: CONTESTANTS[name].title, runs: runs[name] }));
  if (names.includes('ours') && names.includes('duckdb')) {
    const contestant = limited(Math.round(Math.max(...runs.ours.map((run) => run.peak_mb))));
    try {
      results.push({
        name: 'duckdb-limited',
        title: contestant.title,
        runs: [once(contestant, input, place(contestant))],
      });
    } catch (error) {
      console.log(`${contestant.title}: ${error.message}`);
      results.push({ name: 'duckdb-limited', title: contestant.title, runs: [], failed: error.message });
    }
  }

  const costs = [];
  for (const times of curve ? [0.1, 1, 3] : []) {
    const count = Math.round(rows * times);
    const file = times === 1 ? input : await dataFile(count, Math.max(1, Math.round(DAYS * times)));
    const took =
      times === 1 ? undefined : [1, 2, 3].map(() => once(CONTESTANTS.ours, file, place(CONTESTANTS.ours)));
    costs.push({ rows: count, bytes: statSync(file).size, ...median(took ?? runs.ours) });
  }
  for (const name of names) clear(place(CONTESTANTS[name]));
  if (write) {
    writeReport({
      date: new Date().toISOString(),
      machine: machine(),
      rows,
      bytes: statSync(input).size,
      rounds,
      results,
      costs,
      tables: first.result,
    });
  }
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
