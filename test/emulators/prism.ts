/**
 * Prism, Beam's runner for tests, as a job server on ports of its own.
 *
 * Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithServer } from './describe_with_server';
import { freePort, isListening } from './pubsub';

const PRISM = join(__dirname, '../../out/prism/prism-v2.77.0');
const START_MS = 20_000;

const HOW_TO_GET_IT =
  'Prism is not there. It needs Go 1.25 or newer: scripts/install-prism installs it into out/.';

export class Prism {
  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
  /** The last of what it has said. */
  said = '';

  private constructor(
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** @throws where it is missing or does not start */
  static async start(): Promise<Prism> {
    if (!existsSync(PRISM)) throw new Error(HOW_TO_GET_IT);
    const port = await freePort();
    const flags = [`--job_port=${port}`, '--serve_http=false', '--log_kind=text'];
    const prism = new Prism(port, spawn(PRISM, flags, { stdio: ['ignore', 'pipe', 'pipe'] }));
    process.once('exit', prism.kill);
    for (const stream of [prism.child.stdout!, prism.child.stderr!])
      stream.on('data', (text) => {
        prism.said = (prism.said + text).slice(-10_000);
      });
    for (const start = Date.now(); !(await isListening(port)); await delay(50)) {
      if (prism.child.exitCode !== null || Date.now() - start > START_MS)
        throw new Error(`Prism did not start: ${prism.said}`);
    }
    return prism;
  }

  /** Host and port of the job server. */
  get endpoint(): string {
    return `localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.kill);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

/**
 * Tests that need Prism: one is started before the first of them and stopped after the last.
 *
 * @param body given a function that returns it; for use within tests
 */
export function describeWithPrism(name: string, body: (prism: () => Prism) => void): void {
  const standIn = {
    isThere: existsSync(PRISM),
    howToGetIt: HOW_TO_GET_IT,
    start: () => Prism.start(),
    environment: () => ({}),
  };
  describeWithServer(name, standIn, body);
}
