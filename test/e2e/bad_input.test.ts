/**
 * What a stranger gets wrong, on the real command line: exit code 2 and one message that says what is wrong; an earlier output stays as it was, and nothing is left behind.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CLI, type Outcome, SAMPLE, type StartOptions, stagingOf, start } from './product';

const HEADER =
  'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';
const EVENT = '2026-01-01 00:00:00 UTC,view,1,2,,acme,3.50,4,5\n';
/** Nobody's number on all the systems that have one. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
/** Rights are no hindrance to root: those tests run as nobody. */
const powerless: StartOptions = isRoot ? { uid: NOBODY } : {};

let folder: string;
/** A good output of an earlier run, and its bytes. */
let output: string;
let before: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bad-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'in'));
  mkdirSync(join(folder, 'out'));
  output = join(folder, 'out', 'funnel.duckdb');
  input('good.csv', HEADER + EVENT);
  const earlier = await run([]);
  expect(earlier).toMatchObject({ code: 0, stderr: '' });
  before = readFileSync(output);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file to read; returns its path. */
function input(name: string, content: string | Uint8Array): string {
  const file = join(folder, 'in', name);
  writeFileSync(file, content);
  return file;
}

/** Runs on the good input into the earlier output, with these changes. */
function run(flags: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  const given = (name: string): boolean => flags.includes(name);
  const args = ['run', '--quiet'];
  if (!given('--input')) args.push('--input', join(folder, 'in', 'good.csv'));
  if (!given('--output')) args.push('--output', `duckdb:${output}`);
  return start([...args, ...flags], options).ended;
}

/** One message, exit code 2, no trace of the program, and the earlier output as it was. */
function expectRefusal({ code, stdout, stderr }: Outcome, ...said: readonly RegExp[]): void {
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^funnelpulse: .+\n$/),
  });
  expect(stderr.match(/funnelpulse: /g)).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|\.js:\d+/);
  for (const words of said) expect(stderr).toMatch(words);
  expect(readFileSync(output).equals(before)).toBe(true);
  expect(readdirSync(join(folder, 'out'))).toEqual(['funnel.duckdb']);
}

describe('input', () => {
  const gzipped = (): Buffer => gzipSync(readFileSync(SAMPLE));
  const binary = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 3)) & 255));
  const required = /Required are event_time, event_type, product_id, price, user_id/;

  const cases: [string, () => string, RegExp[]][] = [
    ['no such file', () => join(folder, 'none.csv'), [/cannot read .*none\.csv: no such file/]],
    ['a glob that matches nothing', () => join(folder, '*.json'), [/\*\.json: no file matches/]],
    [
      'a directory without events',
      () => join(folder, 'out'),
      [/no event files in the directory/, /looked for \.csv/],
    ],
    ['an empty file', () => input('empty.csv', ''), [/no events in .*empty\.csv/]],
    ['an empty NDJSON file', () => input('empty.ndjson', ''), [/no events in .*empty\.ndjson/]],
    ['an empty gzip file', () => input('empty.csv.gz', gzipSync('')), [/no events in/]],
    ['a header and nothing else', () => input('header.csv', HEADER), [/no events in .*header\.csv/]],
    [
      'a missing column',
      () => input('short.csv', 'event_time,event_type,price\n'),
      [
        /short\.csv has no column product_id, user_id/,
        /its header is "event_time,event_type,price"/,
        required,
      ],
    ],
    [
      'a blank first line',
      () => input('blank.csv', `\n${HEADER}${EVENT}`),
      [/blank\.csv has no column/, required],
    ],
    [
      'a binary file',
      () => input('binary.csv', binary),
      [/binary\.csv is not a CSV file: its first line is not text/],
    ],
    [
      'a binary file called NDJSON',
      () => input('binary.ndjson', binary),
      [/binary\.ndjson is not an NDJSON file/],
    ],
    [
      'UTF-16',
      () => input('utf16.csv', Buffer.from(`\ufeff${HEADER}${EVENT}`, 'utf16le')),
      [/utf16\.csv is not a CSV file/],
    ],
    [
      'a truncated gzip file',
      () => input('torn.csv.gz', gzipped().subarray(0, 200_000)),
      [/torn\.csv\.gz: it is not a whole gzip file/, /copied to its end/],
    ],
    [
      'a gzip file of its first bytes',
      () => input('head.csv.gz', gzipped().subarray(0, 15)),
      [/head\.csv\.gz: it is not a whole gzip file/],
    ],
    [
      'a gzip file in name only',
      () => input('name.csv.gz', HEADER + EVENT),
      [/name\.csv\.gz: it is not a whole gzip file/],
    ],
  ];
  test.each(cases)('%s', async (_, make, said) => {
    expectRefusal(await run(['--input', make()]), ...said);
  });

  test('a good file beside a bad one', async () => {
    const bad = input('short.csv', 'event_time\n');
    expectRefusal(await run(['--input', join(folder, 'in', 'good.csv'), bad]), /short\.csv has no column/);
  });

  test('no permission', async () => {
    const file = input('secret.csv', HEADER + EVENT);
    chmodSync(file, 0);
    const mine = join(folder, 'of-nobody');
    mkdirSync(mine, { recursive: true });
    chmodSync(mine, 0o777);
    const refused = await run(['--input', file, '--output', `duckdb:${join(mine, 'a.duckdb')}`], powerless);
    expectRefusal(refused, /secret\.csv: permission denied/);
    expect(readdirSync(mine)).toEqual([]);
  });

  test('the DirectRunner says the same', async () => {
    expectRefusal(await run(['--runner', 'direct', '--input', input('empty.csv', '')]), /no events in/);
  });
});

describe('output', () => {
  test('a directory that may only be read', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o555);
    const refused = await run(['--output', `duckdb:${join(locked, 'a.duckdb')}`], powerless);
    expectRefusal(refused, /cannot write .*a\.duckdb/, /permission denied/, /another --output/);
    expect(readdirSync(locked)).toEqual([]);
  });

  test('a file that may only be read', async () => {
    const shared = join(folder, 'shared');
    const file = join(shared, 'a.duckdb');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    copyFileSync(output, file);
    chmodSync(file, 0o444);
    expectRefusal(
      await run(['--output', `duckdb:${file}`], powerless),
      /cannot open .*a\.duckdb: permission denied/,
    );
    expect(readdirSync(shared)).toEqual(['a.duckdb']);
  });

  test('a directory that does not exist', async () => {
    const refused = await run(['--output', `duckdb:${join(folder, 'no', 'a.duckdb')}`]);
    expectRefusal(refused, /the directory .*no does not exist/, /Make it first/);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });

  test('a directory', async () => {
    expectRefusal(
      await run(['--output', `duckdb:${join(folder, 'in')}`]),
      /it is a directory/,
      /Name a file/,
    );
  });

  test.each([
    ['text', 'dear diary\n'.repeat(1000)],
    ['nothing', ''],
  ])('a file that holds %s', async (_, content) => {
    const file = input('diary.txt', content);
    expectRefusal(await run(['--output', `duckdb:${file}`]), /it is not a DuckDB file/);
    expect(readFileSync(file, 'utf8')).toBe(content);
    rmSync(file);
  });

  test('a file that another process has open', async () => {
    const holder = start([], {
      by: [process.execPath, '-e', HOLD_OPEN, require.resolve('@duckdb/node-api'), output],
    });
    await new Promise<void>((resolve, reject) => {
      holder.process.stdout?.once('data', () => resolve());
      void holder.ended.then(({ stderr }) => reject(new Error(stderr)));
    });
    try {
      expectRefusal(await run([]), /another process \(PID \d+\) has it open/, /Close it there/);
    } finally {
      holder.process.kill('SIGKILL');
      await holder.ended;
    }
  });

  test('an export to a file', async () => {
    const file = input('export.txt', 'mine');
    expectRefusal(await run(['--export', file]), /--export .*export\.txt/, /Choose another directory/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

const HOLD_OPEN = `
  const [module, file] = process.argv.slice(1);
  require(module).DuckDBInstance.create(file, { access_mode: 'READ_ONLY' }).then((instance) => {
    globalThis.held = instance; // what nobody refers to is closed one day
    console.log('open');
    setInterval(() => {}, 1000);
  });
`;

describe('a full disk', () => {
  // Files may not grow over this many KiB: what a disk says that is full, without one.
  const small = (kib: number): readonly string[] => ['bash', '-c', `ulimit -f ${kib}; exec "$0" "$@"`];

  test.each([
    ['while rows are staged', 100, /cannot write rows beside the output/],
    ['while tables are switched', 1000, /cannot write .*\.duckdb: file too large/],
  ])('%s', async (_, kib, said) => {
    const big = join(folder, 'in', 'shop.csv');
    if (!existsSync(big)) {
      const made = await start(['generate', '--events', '150000', '--days', '4', '--out', big, '--quiet'])
        .ended;
      expect(made).toMatchObject({ code: 0, stderr: '' });
    }
    const fresh = join(folder, 'out', 'new.duckdb');
    for (const target of [output, fresh]) {
      const refused = await run(['--input', big, '--output', `duckdb:${target}`], { by: small(kib) });
      expect(refused.stderr).toMatch(/file too large/);
      expect(refused.stderr).toMatch(/The tables are as they were\. Make room/);
      // DuckDB may leave its log, empty; it belongs to the file and is used up by the next who opens it.
      if (existsSync(`${output}.wal`)) {
        expect(readFileSync(`${output}.wal`)).toHaveLength(0);
        rmSync(`${output}.wal`);
      }
      expectRefusal(refused, said);
      expect(stagingOf(target)).toEqual([]);
    }
  });
});

describe('options', () => {
  const wrong: [string[], RegExp][] = [
    [['--output', 'csv:out.csv'], /--output csv:out\.csv: duckdb:FILE was expected/],
    [['--output', 'duckdb:'], /duckdb:FILE was expected/],
    [['--price-bands', '30,10'], /ascending positive prices/],
    [['--price-bands', 'cheap'], /--price-bands cheap/],
    [['--price-bands', '0,5'], /ascending positive prices/],
    [['--currency', 'Euro'], /three letters like EUR/],
    [['--allowed-lateness', '2 weeks'], /a duration like 90s, 30m, 2h or 1d/],
    [['--allowed-lateness', '99999999999999999999d'], /a duration like/],
    [['--early-firing', '10'], /a duration like/],
    [['--baseline', 'yesterday.parquet'], /--baseline yesterday\.parquet: no such file/],
    [['--baseline', SAMPLE], /Needed are window_start, brand, views, purchases, revenue/],
    [
      ['--runner', 'direct', '--baseline', 'trailing'],
      /can’t look up a trailing baseline.*Choose --runner local/,
    ],
    [['--history', 'duckdb:old.duckdb'], /is for --baseline trailing, and this run has --baseline run/],
    [['--baseline', 'trailing', '--history', 'old'], /--history old: duckdb:FILE was expected/],
    [['--baseline', 'trailing', '--history', 'duckdb:old'], /--history duckdb:old: no such file/],
    [['--baseline', 'trailing', '--history', `duckdb:${SAMPLE}`], /it is not a DuckDB file/],
    [['--min-baseline-views', '-1'], /a whole number from 0/],
    [['--min-flag-views', '2.5'], /a whole number from 0/],
    [['--z-threshold', '0'], /a number above 0/],
    [['--z-threshold', '-2'], /a number above 0/],
    [['--z-threshold', 'two'], /--z-threshold two: a number was expected/],
    [['--anomaly-basis', 'hour'], /one of brand, brand-hour, either was expected/],
    [['--now', 'noon'], /--now noon: a time like 2026-01-01T00:00:00Z/],
    [['--workers', 'many'], /--workers many: a number was expected/],
    [['--workers', '-1'], /a whole number from 0 to 256/],
    [['--shards', '0'], /a whole number from 1 to 1024/],
    [['--slot', '7'], /a divisor of 60/],
    [['--split-size', '8MB'], /a size like 4KiB or 8MiB/],
    [['--split-size', '0B'], /at least one byte/],
    [['--runner', 'spark'], /one of local, direct, dataflow, prism, flink, portable was expected/],
    [['--runner', 'portable'], /--runner portable needs a job server: name it/],
    [['--runner', 'prism', '--job-endpoint', '8073'], /--job-endpoint 8073: a host and a port were expected/],
    [['--job-endpoint', 'localhost:8073'], /is for --runner prism, flink or portable.*Leave one of them out/],
    [['--workers', '1', '--workers', '2'], /--workers was given 2 times/],
    [['--workers'], /--workers needs a value/],
    [['--input'], /--input needs a value/],
    [['--wrokers', '2'], /there is no option --wrokers/],
    [['--min-views=3'], /there is no option --min-views\./],
    [['-x'], /there is no option -x/],
  ];
  test.each(wrong)('%j', async (flags, said) => {
    expectRefusal(await run(flags), said);
  });

  const commandLines: [string[], RegExp][] = [
    [['run', '--output', 'duckdb:a.duckdb'], /--input is missing\. See funnelpulse run --help/],
    [['run', '--input', SAMPLE], /--output is missing/],
    [['run'], /--input and --output are missing/],
    [['run', 'a.csv', '--input', SAMPLE, '--output', 'duckdb:a.duckdb'], /"a\.csv" belongs to no option/],
    [['rnu'], /there is no command rnu\. See funnelpulse --help/],
    [['--quiet'], /See funnelpulse --help/],
    [['generate', '--events', '10', '--days', '1'], /--out is missing/],
    [
      ['generate', '--events', '0', '--days', '1', '--out', 'a.csv'],
      /--events is 0; it must be a whole number/,
    ],
    [['generate', '--events', '10', '--days', '1', '--out', 'no/a.csv'], /the directory .*no does not exist/],
    [['generate', '--events', '10', '--days', '1', '--out', '.'], /it is a directory/],
    [
      ['generate', '--events', '10', '--days', '1', '--start', '2026-02-30', '--out', 'a.csv'],
      /--start is "2026-02-30"/,
    ],
    [
      ['generate', '--events', '10', '--days', '5', '--incidents', '2', '--out', 'a.csv'],
      /ask for more events/,
    ],
    [['options', '--all'], /there is no option --all/],
  ];
  test.each(commandLines)('funnelpulse %j', async (args, said) => {
    const cwd = join(folder, 'cwd');
    mkdirSync(cwd, { recursive: true });
    expectRefusal(await start(args, { cwd }).ended, said);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

test('the program is there for nobody, too', async () => {
  // Were it not, the tests of rights would pass for the wrong reason.
  expect(existsSync(CLI)).toBe(true);
  expect(await start(['--version'], powerless).ended).toMatchObject({ code: 0, stderr: '' });
});
