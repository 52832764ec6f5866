/** A process that commits is killed, at any moment: what is read back is exactly one of its commits, and never older than the last that it had reported. And: whose lock dies with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openState, type StateStore } from '../../../runners/local/checkpoint';
import { contentAfter, dice, digest, SPACES } from './numbered_commits';

const IDENTITY = { stateId: 'killed', parameters: {}, steps: {} };
const SEED = Number(process.env.SEED ?? 20_261_121);
const KILLS = 12;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Committing {
  readonly child: ChildProcess;
  /** Lines so far, each the number of a commit. */
  readonly reported: () => number[];
  readonly errors: () => string;
}

function start(place: string, seed: number, shell?: string): Committing {
  const program = [
    '-r',
    join(__dirname, 'typescript.js'),
    join(__dirname, 'committing.ts'),
    place,
    `${seed}`,
  ];
  const child =
    shell === undefined
      ? spawn(process.execPath, program)
      : spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...program]);
  let out = '';
  let errors = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  // A line that the kill has cut is none.
  const reported = () => out.split('\n').slice(0, -1).map(Number);
  return { child, reported, errors: () => errors };
}

async function reportOf(running: Committing, count: number): Promise<void> {
  while (running.reported().length < count) {
    if (running.child.exitCode !== null) throw new Error(running.errors());
    await delay(1);
  }
}

function content(state: StateStore): string[] {
  return SPACES.flatMap((space) =>
    [...state.entries(space)].map(([key, value]) => digest(space, key, value)),
  ).sort();
}

test(`${KILLS} kills, seed ${SEED}`, async () => {
  const place = join(folder, 'state');
  const roll = dice(`kill ${SEED}`);
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const running = start(place, SEED);
    const closed = once(running.child, 'close');
    await reportOf(running, 1);
    expect(running.reported()[0]).toBe(before);
    // Moments spread over a commit, which takes a millisecond to some ten.
    await delay((roll() % 1000) / 10);
    running.child.kill('SIGKILL');
    await closed;
    const last = running.reported().at(-1)!;
    const state = openState(place, IDENTITY);
    expect(state.commits).toBeGreaterThanOrEqual(last);
    expect(state.commits).toBeLessThanOrEqual(last + 1);
    expect(content(state)).toEqual(contentAfter(SEED, state.commits));
    before = state.commits;
    await state.close();
  }
  expect(before).toBeGreaterThan(KILLS);
});

test('a second process is told whose the state is; the lock dies with its process', async () => {
  const place = join(folder, 'locked');
  const first = start(place, 1);
  const closed = once(first.child, 'close');
  await reportOf(first, 2);
  const refused = expect.objectContaining({
    exitCode: 2,
    message: `the state in ${place} is in use by process ${first.child.pid}. Stop that one first, or name another --state`,
  });
  expect(() => openState(place, IDENTITY)).toThrow(refused);
  const second = start(place, 1);
  const [code] = await once(second.child, 'close');
  expect(code).toBe(2);
  expect(second.errors()).toMatch(`is in use by process ${first.child.pid}`);
  // Refused ones did it no harm.
  await reportOf(first, first.reported().length + 2);
  expect(() => openState(place, IDENTITY)).toThrow(refused);
  first.child.kill('SIGKILL');
  await closed;
  await openState(place, IDENTITY).close();
});

test('a state stays locked though its own process has tried to open it again', async () => {
  const place = join(folder, 'twice');
  const state = openState(place, IDENTITY);
  expect(() => openState(place, IDENTITY)).toThrow(`in use by process ${process.pid}`);
  for (let commits = 0; commits < 3; commits++) await state.commit([]);
  const other = start(place, 1);
  expect(await once(other.child, 'close')).toEqual([2, null]);
  expect(other.errors()).toMatch(`in use by process ${process.pid}`);
  await state.close();
});

test('a full disk is one clear error, and leaves the state as it was', async () => {
  const place = join(folder, 'full');
  // Blocks of a kilobyte: a limit on a file's size is a disk that anybody can fill.
  const running = start(place, 3, 'ulimit -f 3000');
  const [code] = await once(running.child, 'close');
  expect(code).toBe(2);
  // lmdb itself may print which of its functions failed, before.
  expect(running.errors().split('\n').at(-2)).toBe(
    `cannot write the state in ${place}: input/output error. What it held before is unharmed. Make room and start again`,
  );
  const state = openState(place, IDENTITY);
  expect(state.commits).toBe(running.reported().at(-1));
  expect(content(state)).toEqual(contentAfter(3, state.commits));
  await state.close();
  // With room, it goes on.
  const again = start(place, 3);
  const closed = once(again.child, 'close');
  await reportOf(again, 3);
  again.child.kill('SIGKILL');
  await closed;
});

test('a folder whose disk is full from the start is one clear error, too', async () => {
  const place = join(folder, 'none');
  mkdirSync(place);
  const running = start(place, 3, 'ulimit -f 1');
  const [code] = await once(running.child, 'close');
  expect(code).toBe(2);
  expect(running.errors()).toMatch(/^cannot keep a state in .*: EFBIG: .*\n$/);
});
