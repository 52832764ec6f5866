/** What README.md tells a reader to type, typed: its sh and sql blocks in their order, in a folder that looks like a checkout but has an out/ of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { start } from './product';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Commands that are not run here, and why. */
const NOT_RUN: Record<string, string> = {
  'make test': 'it is what runs this',
};

/** What a shell of the reader has from the blocks before: aliases. The set-up that make does is done, and must not be done to the packages that run this. */
const SHELL = [
  'shopt -s expand_aliases',
  'make() { command make -o node_modules/.installed -o dist/.built "$@"; }',
];

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text,
}));

let folder: string;
let printed = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-readme-'));
  for (const name of readdirSync(ROOT)) {
    if (name !== 'out' && name !== '.git') symlinkSync(join(ROOT, name), join(folder, name));
  }
  mkdirSync(join(folder, 'out'));
});
afterAll(() => {
  // With all that they have started.
  for (const { pid, exitCode, signalCode } of terminals)
    if (exitCode === null && signalCode === null) process.kill(-(pid as number), 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const aliases: string[] = [];
/** What the README has in terminals of their own. */
const terminals: ChildProcess[] = [];
const IN_A_TERMINAL = /^# terminal \d\n/;
/** Commands of the emulator's section need it. */
const needsEmulator = (text: string) => /gcloud|PUBSUB|pubsub:|replay|live.duckdb/.test(text);
const hasEmulator = process.env.CI !== undefined || isInPath('gcloud');

function isInPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
}

/** Starts what goes on while the following blocks run. */
function runInTerminal(text: string): void {
  const script = [...SHELL, ...aliases, text].join('\n');
  const terminal = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  terminals.push(terminal);
}

/** Runs a block again until it succeeds and prints something: what it looks at is being made meanwhile. */
async function runSoon(text: string): Promise<string> {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
    try {
      const output = runShell(text);
      if (/\d rows?|early|on_time/.test(output)) return output;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error(`nothing came of it:\n${text}`);
  }
}

function runShell(text: string): string {
  const script = [...SHELL, ...aliases, text].join('\n');
  const output = execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MAKEFLAGS: '', MAKELEVEL: '' },
  });
  aliases.push(...text.split('\n').filter((line) => /^(alias|export) /.test(line)));
  return output;
}

async function rowsOf(sql: string): Promise<number> {
  const file = /^-- (\S+)\n/.exec(sql)?.[1];
  if (file === undefined) throw new Error(`the block does not say which file it reads:\n${sql}`);
  const database = await DuckDBInstance.create(join(folder, file), { access_mode: 'READ_ONLY' });
  try {
    const connection = await database.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRows().length;
    } finally {
      connection.closeSync();
    }
  } finally {
    database.closeSync();
  }
}

/** Times differ from run to run. */
function timeless(text: string): string {
  return text.replace(/in \d+\.\d s,/, 'in … s,');
}

for (const { language, text } of blocks) {
  const name = text.split('\n')[language === 'sql' ? 1 : 0];
  const reason = NOT_RUN[text.trim()];
  if (language === 'sh' && reason !== undefined) test.skip(`${name}: ${reason}`, () => {});
  else if (language === 'sh' && needsEmulator(text) && !hasEmulator)
    test.skip(`${name}: the Pub/Sub emulator is not there`, () => {});
  else if (language === 'sh' && IN_A_TERMINAL.test(text))
    test(`sh: ${text.split('\n')[1]}`, () => runInTerminal(text));
  else if (language === 'sh' && text.includes('inspect'))
    test(`sh: ${name}`, async () => {
      expect(await runSoon(text)).not.toBe('');
    });
  else if (language === 'sh') {
    test(`sh: ${name}`, () => {
      printed = runShell(text);
      expect(printed).not.toBe('');
    });
  } else if (language === 'sql') {
    test(`sql: ${name}`, async () => expect(await rowsOf(text)).toBeGreaterThan(0));
  } else {
    test('make run prints what the README shows', () => {
      expect(timeless(runShell('make run'))).toContain(timeless(text.trimEnd()));
    });
  }
}

test('the demo has as many anomalies as the README says, and finds every incident', async () => {
  const database = await DuckDBInstance.create(join(folder, 'out/demo.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await database.connect();
  const rows = await connection.runAndReadAll(
    "SELECT epoch_ms(window_start)::DOUBLE AS at, brand, anomaly_type FROM gold_anomalies_hourly_brand WHERE status = 'open'",
  );
  const flagged = rows.getRows().map(([at, brand, type]) => ({ at: Number(at), brand, type }));
  connection.closeSync();
  database.closeSync();
  expect(README).toContain(`in the demo ${flagged.length} are flagged`);
  const truth = JSON.parse(readFileSync(join(folder, 'out/demo.csv.truth.json'), 'utf8'));
  expect(truth).toHaveLength(6);
  const missed = (truth as { kind: string; brand: string | null; start: string; end: string }[]).filter(
    ({ kind, brand, start, end }) =>
      !flagged.some(
        (row) =>
          row.at >= Date.parse(start) &&
          row.at < Date.parse(end) &&
          (brand === null || row.brand === brand) &&
          row.type === (kind === 'spike' ? 'spike' : 'drop'),
      ),
  );
  expect(missed).toEqual([]);
});

test('docs/options.md is what the program prints', async () => {
  const { code, stdout } = await start(['options', '--markdown']).ended;
  expect(code).toBe(0);
  expect(readFileSync(join(ROOT, 'docs/options.md'), 'utf8')).toBe(stdout);
});

test('links within the project lead somewhere', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    ...readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
  ];
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, target]) => target)
      .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});
