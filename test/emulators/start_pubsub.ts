/** Starts Google's Pub/Sub emulator for tests: its jar, by plain java, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Where the Google Cloud CLI may have put the emulator's jar. */
const FOLDERS = [
  process.env.PUBSUB_EMULATOR_LIB,
  '/usr/lib/google-cloud-sdk/platform/pubsub-emulator/lib',
  '/usr/share/google-cloud-sdk/platform/pubsub-emulator/lib',
  join(process.env.HOME ?? '', 'google-cloud-sdk/platform/pubsub-emulator/lib'),
];
const READY_MS = 60_000;

export interface StartedEmulator {
  /** Host and port, as PUBSUB_EMULATOR_HOST has them. */
  readonly host: string;
  stop(): Promise<void>;
}

/** The emulator's jar; null where it is not installed. */
export function emulatorJar(): string | null {
  for (const folder of FOLDERS) {
    if (folder === undefined || !existsSync(folder)) continue;
    const jar = readdirSync(folder).find((name) => /^cloud-pubsub-emulator-.*\.jar$/.test(name));
    if (jar !== undefined) return join(folder, jar);
  }
  return null;
}

/** `describe` where the emulator is installed. Where it is not, the tests are skipped with a word on how to get it; in CI they fail. */
export function describeWithEmulator(name: string, tests: () => void): void {
  if (emulatorJar() !== null) describe(name, tests);
  else if (process.env.CI === undefined)
    describe.skip(`${name} (needs the Pub/Sub emulator: gcloud components install pubsub-emulator)`, tests);
  else test(`${name}: the Pub/Sub emulator is there`, () => expect(emulatorJar()).not.toBeNull());
}

/** Starts an emulator, sets PUBSUB_EMULATOR_HOST to it, and waits until it answers. */
export async function startEmulator(port?: number): Promise<StartedEmulator> {
  const jar = emulatorJar();
  if (jar === null) throw new Error('the Pub/Sub emulator is not installed');
  const own = port ?? (await freePort());
  const child = spawn('java', ['-jar', jar, '--host=127.0.0.1', `--port=${own}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await ready(child);
  const host = `127.0.0.1:${own}`;
  process.env.PUBSUB_EMULATOR_HOST = host;
  return { host, stop: () => stopped(child) };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => fail('did not start in time'), READY_MS);
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`the Pub/Sub emulator ${what}: ${text}`));
    };
    const listen = (piece: Buffer): void => {
      text += piece.toString();
      if (!text.includes('Server started')) return;
      clearTimeout(timer);
      child.removeListener('exit', exited);
      // Read on, or its pipe fills up and it stands still.
      for (const stream of [child.stdout, child.stderr]) stream?.removeListener('data', listen).resume();
      resolve();
    };
    const exited = (): void => fail('ended');
    child.once('exit', exited);
    child.once('error', (error) => fail(error.message));
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
