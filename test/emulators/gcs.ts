/**
 * fake-gcs-server for tests: Cloud Storage in the memory of one process.
 *
 * Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bucket } from '@google-cloud/storage';
import { openStorage } from '../../io/gcs/client';
import { describeWithServer } from './describe_with_server';
import { freePort } from './pubsub';

const PROGRAM = 'fake-gcs-server';
const START_MS = 30_000;

const HOW_TO_GET_IT = `${PROGRAM} is not there: scripts/install-fake-gcs installs it, which needs Go 1.25 or newer and two minutes.`;

/** Its path, or null. */
function findServer(): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(goPath(), 'bin')];
  return folders.map((folder) => join(folder, PROGRAM)).find(existsSync) ?? null;
}

function goPath(): string {
  try {
    return execFileSync('go', ['env', 'GOPATH'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return join(homedir(), 'go');
  }
}

/** A server on a port of its own. Buckets and objects are gone when it stops. */
export class GcsServer {
  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };

  private constructor(
    private readonly child: ChildProcess,
    /** For STORAGE_EMULATOR_HOST. */
    readonly endpoint: string,
  ) {
    process.once('exit', this.kill);
  }

  /** @throws where it is missing or does not start */
  static async start(): Promise<GcsServer> {
    const program = findServer();
    if (program === null) throw new Error(HOW_TO_GET_IT);
    const host = `127.0.0.1:${await freePort()}`;
    const endpoint = `http://${host}`;
    const [address, port] = host.split(':');
    const flags = ['-scheme', 'http', '-host', address, '-port', port, '-backend', 'memory'];
    const child = spawn(
      program,
      [...flags, '-public-host', host, '-external-url', endpoint, '-log-level', 'error'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const server = new GcsServer(child, endpoint);
    let said = '';
    child.stderr!.on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    for (const start = Date.now(); !(await answers(endpoint)); await delay(20)) {
      if (child.exitCode !== null || Date.now() - start > START_MS)
        throw new Error(`${PROGRAM} did not start: ${said}`);
    }
    return server;
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.kill);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/storage/v1/b`)).ok;
  } catch {
    return false;
  }
}

/** A bucket of this name, made where it isn't there. For use where STORAGE_EMULATOR_HOST is set. */
export async function makeBucket(name: string): Promise<Bucket> {
  // Asked for directly: the library would look for a project first.
  const answer = await fetch(`${process.env.STORAGE_EMULATOR_HOST}/storage/v1/b?project=none`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok && answer.status !== 409)
    throw new Error(`no bucket ${name}: ${answer.status} ${await answer.text()}`);
  const storage = await openStorage();
  return storage.bucket(name);
}

/** Puts objects into a bucket, some at a time. `contentEncoding` is what their metadata say; the bytes are stored as they are. */
export async function upload(
  bucket: Bucket,
  objects: Readonly<Record<string, string | Uint8Array>>,
  contentEncoding?: string,
): Promise<void> {
  const open = Object.entries(objects);
  const metadata = contentEncoding === undefined ? {} : { metadata: { contentEncoding } };
  const uploads = Array.from({ length: 16 }, async () => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [name, bytes] = next;
      const file = bucket.file(name);
      await file.save(Buffer.from(bytes as Uint8Array), { resumable: false, ...metadata });
      const { size } = file.metadata;
      if (Number(size) !== Buffer.byteLength(bytes))
        throw new Error(`${name} has ${size} bytes in the server`);
    }
  });
  await Promise.all(uploads);
}

/**
 * Tests that need the server: one is started before the first of them and stopped after the last. The product finds it by STORAGE_EMULATOR_HOST, and looks for no credentials.
 *
 * @param body given a function that returns the server; for use within tests
 */
export function describeWithGcs(name: string, body: (server: () => GcsServer) => void): void {
  const standIn = {
    isThere: findServer() !== null,
    howToGetIt: HOW_TO_GET_IT,
    start: () => GcsServer.start(),
    environment: (server: GcsServer) => ({ STORAGE_EMULATOR_HOST: server.endpoint }),
  };
  describeWithServer(name, standIn, body);
}
