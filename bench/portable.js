#!/usr/bin/env node
/**
 * The whole job on other runners beside Beam Python's: the same CSV through `funnelpulse run` on Prism, on Flink and locally, and through peers/beam.py,
 * each a process from its start to its exit, in turns. The tables are compared after each. One more run on Prism is profiled.
 *
 *   node bench/portable.js [--rows 437000] [--rounds 3] [--python-rounds 1] [--peers fn-api,prism]
 *
 * Needs `npm run build`, Python 3.10 or newer with venv, Go 1.25, Maven and Java: it installs Prism, Flink and Beam Python into out/. Writes bench/results/portable.json.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { assertAgree, digest, GOLD_MEASURES } = require('./agree');
const { CONTESTANTS, ROOT, clear } = require('./contestants');
const { installed, startFlink, startPrism } = require('./job_servers');
const { profileOf } = require('./profile');
const { machine } = require('./report');

const DATA = join(__dirname, 'data');
const RESULT = join(__dirname, 'results', 'portable.json');
const DAYS = 61;
const SEED = 1;
const TARGET = 20;
const PEERS = ['fn-api', 'prism'];

function options() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '437000' },
      rounds: { type: 'string', default: '3' },
      'python-rounds': { type: 'string', default: '1' },
      peers: { type: 'string', default: 'fn-api,prism' },
    },
  });
  const [rows, rounds, pythonRounds] = [values.rows, values.rounds, values['python-rounds']].map(Number);
  if (!Number.isInteger(rows) || rows < 1000) throw new Error('--rows must be a whole number from 1000');
  for (const count of [rounds, pythonRounds])
    if (!Number.isInteger(count) || count < 1)
      throw new Error('--rounds and --python-rounds must be whole numbers from 1');
  const peers = values.peers.split(',');
  const unknown = peers.find((name) => !PEERS.includes(name));
  if (unknown !== undefined) throw new Error(`--peers ${unknown}: it takes ${PEERS.join(', ')}`);
  return { rows, rounds, pythonRounds, peers };
}

async function events(rows) {
  const out = join(DATA, `shop-${rows}-${DAYS}d-seed${SEED}.csv`);
  if (!fs.existsSync(out)) {
    const { writeShop } = require('../dist/producers/shop');
    await writeShop({ events: rows, days: DAYS, seed: SEED, out });
  }
  return out;
}

/** Ours on a job server, or locally. */
function ours(server) {
  const job = server ? ['--runner', server.name.toLowerCase(), '--job-endpoint', server.endpoint] : [];
  const on = server ? `on ${server.name}` : 'on its local runner';
  return {
    ...CONTESTANTS.ours,
    title: `FunnelPulse ${on}`,
    output: `portable-${server?.name ?? 'local'}.duckdb`,
    command: (input, output) => [...CONTESTANTS.ours.command(input, output), ...job],
    server,
  };
}

/** Beam Python with options of its runner. */
function beamPython(python, on, flags, server) {
  const rows = (output, table) => `read_json('${join(output, `${table}-*-of-*.json`)}')`;
  return {
    title: `Beam Python on ${on}`,
    output: `portable-python-${on.replace(/\W+/g, '-')}`,
    command: (input, output) => [python, join(__dirname, 'peers', 'beam.py'), input, output, ...flags],
    from: rows,
    server,
    isPeer: true,
  };
}

function peer(name, python, prism) {
  if (name === 'prism')
    return beamPython(
      python,
      'Prism',
      ['--runner=PortableRunner', `--job_endpoint=${prism.endpoint}`, '--environment_type=LOOPBACK'],
      prism,
    );
  // What --runner=DirectRunner ends at where it can't download Prism.
  return beamPython(python, 'its FnApiRunner', ['--runner=FnApiRunner']);
}

/** Runs it once as a process: wall time from start to exit, CPU time with that of the job server. */
function once(contestant, input, output) {
  clear(output);
  const report = join(DATA, 'portable-report.json');
  const before = contestant.server?.cpuSeconds() ?? 0;
  const measure = [join(__dirname, 'measure.py'), report, ...contestant.command(input, output)];
  // What it says is only of interest where it fails.
  try {
    execFileSync('python3', measure, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28 });
  } catch (error) {
    throw new Error(`${contestant.title}: ${String(error.stderr).slice(-4000)}`);
  }
  const { exit, wall_s, cpu_s } = JSON.parse(fs.readFileSync(report, 'utf8'));
  fs.rmSync(report);
  if (exit !== 0) throw new Error(`${contestant.title} ended with exit code ${exit}`);
  const server_cpu_s = Number(((contestant.server?.cpuSeconds() ?? 0) - before).toFixed(2));
  const load = Number(os.loadavg()[0].toFixed(1));
  const took = { wall_s, cpu_s, server_cpu_s, load };
  console.log(
    `${contestant.title.padEnd(34)} ${wall_s.toFixed(2)} s, ${(cpu_s + server_cpu_s).toFixed(2)} CPU s, load ${load}`,
  );
  return took;
}

/** From the modules as they were compiled, since the bundle no longer says which file is whose. Loading them takes longer than loading it. */
function profiled(contestant, input) {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'funnelpulse-profile-'));
  const output = join(DATA, contestant.output);
  clear(output);
  try {
    const [node, , ...args] = contestant.command(input, output);
    const cli = join(ROOT, 'dist', 'pipelines', 'cli.js');
    execFileSync(node, ['--cpu-prof', `--cpu-prof-dir=${folder}`, cli, ...args], { stdio: 'ignore' });
    // Of the main thread, where all workers are.
    const [file] = fs.readdirSync(folder).filter((name) => name.endsWith('.0.001.cpuprofile'));
    return profileOf(join(folder, file), { parts: 20, functions: 10 });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
    clear(output);
  }
}

const rounded = (value, digits) => Number(value.toFixed(digits));

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function summary({ contestant, runs }, rows) {
  const wall_s = rounded(median(runs.map((run) => run.wall_s)), 2);
  const cpu_s = rounded(median(runs.map((run) => run.cpu_s + run.server_cpu_s)), 2);
  return { title: contestant.title, wall_s, cpu_s, rows_per_second: Math.round(rows / wall_s), runs };
}

/** How many times as long each of Beam Python's took, by wall and by CPU time. */
function ratios(results, peers) {
  return results.map(({ title, wall_s, cpu_s }) => ({
    title,
    beside: peers.map((peer) => ({
      title: peer.title,
      wall: rounded(peer.wall_s / wall_s, 1),
      cpu: rounded(peer.cpu_s / cpu_s, 1),
    })),
  }));
}

/** Tells what has been measured so far after each round. */
async function measure(contestants, input, { rounds, pythonRounds }, onRound) {
  const runs = new Map(contestants.map((contestant) => [contestant, []]));
  const first = new Map();
  // In the middle, so that ours runs before and after.
  const firstOfPython = Math.max(0, (rounds - pythonRounds) >> 1);
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      if (contestant.isPeer && (round < firstOfPython || round >= firstOfPython + pythonRounds)) continue;
      const output = join(DATA, contestant.output);
      runs.get(contestant).push(once(contestant, input, output));
      for (const tables of contestant.isPeer ? [GOLD_MEASURES] : [undefined, GOLD_MEASURES]) {
        const result = await digest(contestant, output, tables);
        if (!first.has(tables)) first.set(tables, { title: contestant.title, result });
        const { title, result: expected } = first.get(tables);
        assertAgree(title, expected, contestant.title, result);
      }
      clear(output);
    }
    onRound(
      round + 1,
      [...runs].map(([contestant, of]) => ({ contestant, runs: of })),
    );
  }
}

async function main() {
  const { rows, peers: peerNames, ...rounds } = options();
  fs.mkdirSync(DATA, { recursive: true });
  const python = installed('install-beam-python');
  const input = await events(rows);
  const prism = await startPrism();
  const flink = await startFlink().catch((error) => {
    prism.stop();
    throw error;
  });
  try {
    const onPrism = ours(prism);
    const contestants = [
      onPrism,
      ours(flink),
      ours(undefined),
      ...peerNames.map((name) => peer(name, python, prism)),
    ];
    const profile = profiled(onPrism, input);
    let report;
    await measure(contestants, input, rounds, (done, all) => {
      const results = all.filter(({ contestant }) => !contestant.isPeer).map((one) => summary(one, rows));
      const peers = all
        .filter(({ contestant, runs }) => contestant.isPeer && runs.length > 0)
        .map((one) => summary(one, rows));
      report = {
        date: new Date().toISOString(),
        machine: { ...machine(), load_average: os.loadavg().map((load) => rounded(load, 1)) },
        versions: {
          prism: prism.version,
          flink: flink.version,
          beam_python: python.match(/([\d.]+)\/bin/)[1],
        },
        rows,
        bytes: fs.statSync(input).size,
        rounds: done,
        results,
        peers,
        target: TARGET,
        times_as_fast: ratios(results, peers),
        profile_on_prism: profile,
      };
      fs.writeFileSync(RESULT, `${JSON.stringify(report, null, 2)}\n`);
    });
    console.log('all agree on every row of the gold tables; ours on revisions and anomalies, too');
    print(report);
  } finally {
    prism.stop();
    flink.stop();
  }
}

function print({ results, peers, times_as_fast }) {
  for (const { title, wall_s, cpu_s, rows_per_second } of [...results, ...peers])
    console.log(`${title.padEnd(34)} ${wall_s} s, ${cpu_s} CPU s, ${rows_per_second} rows/s`);
  for (const { title, beside } of times_as_fast)
    for (const { title: peer, wall, cpu } of beside)
      console.log(`${title}: ${wall} times as fast as ${peer}, by CPU time ${cpu} times`);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
