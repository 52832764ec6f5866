/**
 * A stand-in for BigQuery for tests: local-bigquery, a server that translates BigQuery's SQL for DuckDB. docs/bigquery.md says what it can't do.
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
import { freePort } from './pubsub';

const ROOT = join(__dirname, '../..');
const PYTHON = join(ROOT, 'out/local-bigquery/bin/python');
const SERVER = join(__dirname, 'start_local_bigquery.py');
const START_MS = 60_000;

const HOW_TO_GET_IT =
  'local-bigquery is not there. It needs Python 3.13 or newer: scripts/install-local-bigquery installs it into out/.';

/** Whether the server is there, and what to say where it isn't. */
export const LOCAL_BIGQUERY = { isThere: existsSync(PYTHON), howToGetIt: HOW_TO_GET_IT };

/** A server on ports of its own, with a folder of its own for what it keeps. */
export class LocalBigquery {
  private process: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-'));
  private readonly kill = (): void => {
    this.process?.kill('SIGKILL');
  };

  private constructor(
    private readonly port: number,
    /** Where it takes the Storage APIs' calls. */
    readonly grpcPort: number,
  ) {}

  /** @throws where it is missing or does not start */
  static async start(): Promise<LocalBigquery> {
    const server = new LocalBigquery(await freePort(), await freePort());
    await server.startProcess();
    return server;
  }

  /** For BIGQUERY_EMULATOR_HOST. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async startProcess(): Promise<void> {
    if (!existsSync(PYTHON)) throw new Error(HOW_TO_GET_IT);
    const ports = ['--port', String(this.port), '--grpc-port', String(this.grpcPort)];
    const child = spawn(
      PYTHON,
      [SERVER, 'serve', '--host', '127.0.0.1', ...ports, '--data-dir', this.folder],
      // The test's own variables: it loads from the Cloud Storage that they name.
      { stdio: ['ignore', 'pipe', 'pipe'], env: process.env },
    );
    this.process = child;
    process.once('exit', this.kill);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said = (said + text).slice(-2000);
      });
    for (const start = Date.now(); !(await this.answers()); await delay(100)) {
      if (child.exitCode !== null || Date.now() - start > START_MS)
        throw new Error(`local-bigquery did not start: ${said}`);
    }
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/bigquery/v2/projects/local-test/datasets`)).ok;
    } catch {
      return false;
    }
  }

  /** Ends it at once, and removes what it kept. */
  async stop(): Promise<void> {
    const child = this.process;
    this.process = null;
    process.removeListener('exit', this.kill);
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Tests that need the server: one is started before the first of them and stopped after the last. The product finds it by BIGQUERY_EMULATOR_HOST.
 *
 * @param body given a function that returns the server; for use within tests
 */
export function describeWithBigquery(name: string, body: (server: () => LocalBigquery) => void): void {
  const standIn = {
    ...LOCAL_BIGQUERY,
    start: () => LocalBigquery.start(),
    environment: (server: LocalBigquery) => ({ BIGQUERY_EMULATOR_HOST: server.url }),
  };
  describeWithServer(name, standIn, body);
}
