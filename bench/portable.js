#!/usr/bin/env node
/**
 * A whole job on Prism, from the command line to the switched tables, beside the local runner on the same events, in turn. Both tables are compared, and one more run on Prism is profiled.
 *
 *   node bench/portable.js [EVENTS] [ROUNDS]
 *
 * Needs `npm run build`, Prism (scripts/install-prism) and python3. Writes bench/results/portable.json.
 */
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { DuckDBInstance } = require('@duckdb/node-api');

const events = Number(process.argv[2] ?? 437_000);
const rounds = Number(process.argv[3] ?? 3);
const ROOT = path.join(__dirname, '..');
const CLI = path.join(ROOT, 'dist', 'bundle', 'cli.js');
/** What Beam Python's local runner took for 437,000 rows of such a job on this kind of machine, seconds: 88 to 110. */
const BEAM_PYTHON_ROWS_PER_SECOND = 437_000 / 88;
const TICKS_PER_SECOND = 100;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'funnelpulse-bench-'));
const input = path.join(folder, 'events.csv');

let port = 0;

function runArguments(runner, output) {
  const job = runner === 'prism' ? ['--runner', 'prism', '--job-endpoint', `localhost:${port}`] : [];
  const args = ['run', '--input', input, '--output', `duckdb:${output}`, '--now', '2026-01-01T00:00:00Z'];
  return [CLI, ...args, '--quiet', ...job];
}

async function startPrism() {
  const program = execFileSync(path.join(ROOT, 'scripts', 'install-prism'), { encoding: 'utf8' }).trim();
  port = await freePort();
  const prism = spawn(program, [`--job_port=${port}`, '--serve_http=false'], { stdio: 'ignore' });
  while (!(await listening())) {
    if (prism.exitCode !== null) throw new Error('Prism did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return prism;
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, () => {
      const found = server.address().port;
      server.close(() => resolve(found));
    });
  });
}

function listening() {
  return new Promise((resolve) => {
    const socket = net.connect(port, 'localhost');
    socket.on('connect', () => resolve(socket.destroy() && true)).on('error', () => resolve(false));
  });
}

/** CPU time of a process so far, seconds. */
function cpuOf(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function measured(runner, prism) {
  const output = path.join(folder, `${runner}.duckdb`);
  fs.rmSync(output, { force: true });
  const before = cpuOf(prism.pid);
  const script = path.join(__dirname, 'measure.py');
  const report = path.join(folder, 'report.json');
  execFileSync('python3', [script, report, process.execPath, ...runArguments(runner, output)]);
  const said = JSON.parse(fs.readFileSync(report, 'utf8'));
  if (said.exit !== 0) throw new Error(`A run on ${runner} failed`);
  return { ...said, prism_cpu_s: Number((cpuOf(prism.pid) - before).toFixed(2)) };
}

/** Rows that one output has and the other has not. */
async function differences() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const runner of ['local', 'prism'])
    await connection.run(`ATTACH '${path.join(folder, `${runner}.duckdb`)}' AS ${runner} (READ_ONLY)`);
  const tables = await connection.runAndReadAll(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = 'local' AND table_name <> 'runs'",
  );
  let different = 0n;
  for (const [table] of tables.getRows()) {
    const [local, prism] = ['local', 'prism'].map((runner) => `SELECT * FROM ${runner}.${table}`);
    const count = `SELECT (SELECT count(*) FROM (${local} EXCEPT ALL ${prism})) + (SELECT count(*) FROM (${prism} EXCEPT ALL ${local}))`;
    different += (await connection.runAndReadAll(count)).getRows()[0][0];
  }
  return Number(different);
}

/** Where this process spent its time in a run on Prism: the functions with the most of it, in milliseconds. */
function profile() {
  const output = path.join(folder, 'profiled.duckdb');
  const flags = ['--cpu-prof', '--cpu-prof-dir', folder];
  execFileSync(process.execPath, [...flags, ...runArguments('prism', output)]);
  const file = fs.readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  const { nodes, samples, timeDeltas } = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(anonymous)']));
  const times = new Map();
  samples.forEach((node, at) => {
    const name = names.get(node);
    times.set(name, (times.get(name) ?? 0) + timeDeltas[at] / 1000);
  });
  const most = [...times].sort((a, b) => b[1] - a[1]).slice(0, 20);
  return Object.fromEntries(most.map(([name, ms]) => [name, Math.round(ms)]));
}

(async () => {
  const prism = await startPrism();
  try {
    execFileSync(process.execPath, [
      ...[CLI, 'generate', '--events', String(events), '--days', '30', '--seed', '1', '--incidents', '0'],
      ...['--out', input],
    ]);
    const runs = { prism: [], local: [] };
    for (let round = 0; round < rounds; round++)
      for (const runner of Object.keys(runs)) runs[runner].push(measured(runner, prism));
    const seconds = median(runs.prism.map(({ wall_s }) => wall_s));
    // On a machine that does other work this says more than the seconds do.
    const cpu = median(runs.prism.map(({ cpu_s, prism_cpu_s }) => cpu_s + prism_cpu_s));
    const result = {
      events,
      bytes: fs.statSync(input).size,
      rounds,
      machine: `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      load_average: os.loadavg().map((load) => Number(load.toFixed(1))),
      different_rows: await differences(),
      prism: {
        seconds,
        cpu_seconds: Number(cpu.toFixed(2)),
        events_per_second: Math.round(events / seconds),
      },
      local: {
        seconds: median(runs.local.map(({ wall_s }) => wall_s)),
        cpu_seconds: median(runs.local.map(({ cpu_s }) => cpu_s)),
      },
      times_beam_python: Number((events / seconds / BEAM_PYTHON_ROWS_PER_SECOND).toFixed(1)),
      all: runs,
      profile_ms: profile(),
    };
    fs.writeFileSync(
      path.join(__dirname, 'results', 'portable.json'),
      `${JSON.stringify(result, null, 2)}\n`,
    );
    console.log(
      `Prism ${result.prism.seconds} s, ${result.prism.events_per_second} events/s; local ${result.local.seconds} s; ${result.times_beam_python} times Beam Python's local runner; ${result.different_rows} rows differ`,
    );
    if (result.different_rows > 0) process.exitCode = 1;
  } finally {
    prism.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true });
  }
})();
