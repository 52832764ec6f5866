/** A run over an unbounded source is killed between any two steps of a checkpoint, and at any other moment; what it has written when it is through is what an undisturbed run writes. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN = join(__dirname, 'replay_run.js');
const ELEMENTS = 20_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs until it ends or is killed; says whether it came to its end. */
function run(killAfterMs: number | null, ...point: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUN, folder, String(ELEMENTS), ...point], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code !== 0 && code !== null) reject(new Error(errors));
      else resolve(out === 'done');
    });
  });
}

/** Of each key and window the row that counts most. */
function table(): Map<string, [count: number, sum: number]> {
  const rows = new Map<string, [number, number]>();
  for (const line of readFileSync(join(folder, 'rows.jsonl'), 'utf8').trim().split('\n')) {
    const { id, count, sum } = JSON.parse(line) as { id: string; count: number; sum: number };
    if (count > (rows.get(id)?.[0] ?? 0)) rows.set(id, [count, sum]);
  }
  return rows;
}

function expected(): Map<string, [number, number]> {
  const rows = new Map<string, [number, number]>();
  for (let i = 0; i < ELEMENTS; i++) {
    const time = i % 100 === 99 ? Math.max(0, i * 10 - 2000) : i * 10;
    const id = `${i % 7} ${Math.floor(time / 1000) * 1000}`;
    const [count, sum] = rows.get(id) ?? [0, 0];
    rows.set(id, [count + 1, sum + i]);
  }
  return rows;
}

test.each(['before the commit', 'after the commit', 'after finalising'])('killed %s', async (point) => {
  expect(await run(null, point, '3')).toBe(false);
  expect(await run(null, point, '1')).toBe(false);
  expect(await run(null)).toBe(true);
  expect(table()).toEqual(expected());
});

test('killed at seeded moments', async () => {
  // A linear congruential generator: the same moments each time.
  let seed = 7;
  let kills = 0;
  for (let tries = 0; tries < 20; tries++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    if (await run(250 + (seed % 700))) break;
    kills++;
  }
  expect(kills).toBeGreaterThan(1);
  await run(null);
  expect(table()).toEqual(expected());
});
