/**
 * Beam's job server for Flink, with a Flink of its own inside, on ports of its own.
 *
 * Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithServer } from './describe_with_server';
import { freePort, isListening } from './pubsub';

const JARS = join(__dirname, '../../out/flink/1.19-2.62.0');
const START = join(__dirname, '../../scripts/flink/start');
const START_MS = 60_000;

const HOW_TO_GET_IT =
  'Flink is not there. It needs Maven and Java 11 or 17: scripts/install-flink installs it into out/.';

export class Flink {
  /** The last of what it has said. */
  said = '';
  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };

  private constructor(
    private readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @throws where it is missing or does not start */
  static async start(): Promise<Flink> {
    if (!existsSync(JARS)) throw new Error(HOW_TO_GET_IT);
    const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-flink-'));
    const [job, artifacts, expansion] = [await freePort(), await freePort(), await freePort()];
    const child = spawn(
      START,
      [
        ...[JARS, String(job)],
        ...[`--artifact-port=${artifacts}`, `--expansion-port=${expansion}`, `--artifacts-dir=${folder}`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const flink = new Flink(job, child, folder);
    process.once('exit', flink.kill);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        flink.said = (flink.said + text).slice(-10_000);
      });
    for (const start = Date.now(); !(await isListening(job)); await delay(100)) {
      if (child.exitCode !== null || Date.now() - start > START_MS)
        throw new Error(`Flink did not start: ${flink.said}`);
    }
    return flink;
  }

  /** Host and port of the job server. */
  get endpoint(): string {
    return `localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.kill);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Tests that need Flink: one is started before the first of them and stopped after the last.
 *
 * @param body given a function that returns it; for use within tests
 */
export function describeWithFlink(name: string, body: (flink: () => Flink) => void): void {
  const standIn = {
    isThere: existsSync(JARS),
    howToGetIt: HOW_TO_GET_IT,
    start: () => Flink.start(),
    environment: () => ({}),
  };
  describeWithServer(name, standIn, body);
}
