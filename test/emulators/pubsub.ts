/**
 * Google's Pub/Sub emulator for tests: the real one, from the Google Cloud CLI, started by plain Java without the second that gcloud itself takes.
 *
 * Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithServer } from './describe_with_server';

/** Names the emulator's jar, where it isn't found otherwise. */
const JAR_VARIABLE = 'PUBSUB_EMULATOR_JAR';
const JAR = /^cloud-pubsub-emulator-.*\.jar$/;
const START_MS = 30_000;

const HOW_TO_GET_IT = `The Pub/Sub emulator is not there. It needs Java and the Google Cloud CLI: "gcloud components install pubsub-emulator", or "apt-get install google-cloud-cli-pubsub-emulator"; or name its jar in ${JAR_VARIABLE}.`;

/** The emulator's jar, or null. */
function findJar(): string | null {
  const named = process.env[JAR_VARIABLE];
  if (named) return named;
  const commands = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'gcloud'));
  const roots = commands.filter(existsSync).map((gcloud) => dirname(dirname(realpathSync(gcloud))));
  for (const root of [...roots, '/usr/lib/google-cloud-sdk', join(homedir(), 'google-cloud-sdk')]) {
    const folder = join(root, 'platform', 'pubsub-emulator', 'lib');
    const jar = existsSync(folder) && readdirSync(folder).find((name) => JAR.test(name));
    if (jar) return join(folder, jar);
  }
  return null;
}

function findJava(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (process.env.JAVA_HOME) folders.unshift(join(process.env.JAVA_HOME, 'bin'));
  return folders.map((folder) => join(folder, 'java')).find(existsSync) ?? null;
}

/** An emulator on a port of its own. It keeps nothing: topics, subscriptions and messages are gone when it stops, and its message and ack ids begin at 1 again. */
export class PubsubEmulator {
  private process: ChildProcess | null = null;
  private readonly kill = (): void => {
    this.process?.kill('SIGKILL');
  };

  private constructor(private readonly port: number) {}

  /** @throws where it is missing or does not start */
  static async start(): Promise<PubsubEmulator> {
    const emulator = new PubsubEmulator(await freePort());
    await emulator.startAgain();
    return emulator;
  }

  /** For PUBSUB_EMULATOR_HOST. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port, without what it knew before; resolves when it answers. */
  async startAgain(): Promise<void> {
    const [java, jar] = [findJava(), findJar()];
    if (java === null || jar === null) throw new Error(HOW_TO_GET_IT);
    const child = spawn(java, ['-jar', jar, '--host=127.0.0.1', `--port=${this.port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    process.once('exit', this.kill);
    let said = '';
    child.stderr!.on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    for (const start = Date.now(); !(await isListening(this.port)); await delay(50)) {
      if (child.exitCode !== null || Date.now() - start > START_MS)
        throw new Error(`The Pub/Sub emulator did not start: ${said}`);
    }
  }

  /** It stands still: it takes connections, and answers nothing. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  /** It goes on, with all that it knew. */
  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Ends it at once, as a power cut does. */
  async stop(): Promise<void> {
    const child = this.process;
    this.process = null;
    process.removeListener('exit', this.kill);
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/**
 * Tests that need the emulator: one is started before the first of them and stopped after the last. Google's client finds it, and looks for no credentials.
 *
 * @param body given a function that returns the emulator; for use within tests
 */
export function describeWithPubsub(name: string, body: (emulator: () => PubsubEmulator) => void): void {
  const standIn = {
    isThere: findJar() !== null && findJava() !== null,
    howToGetIt: HOW_TO_GET_IT,
    start: () => PubsubEmulator.start(),
    environment: (emulator: PubsubEmulator) => ({
      PUBSUB_EMULATOR_HOST: emulator.host,
      METADATA_SERVER_DETECTION: 'none',
    }),
  };
  describeWithServer(name, standIn, body);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', () => answer(true)).on('error', () => answer(false));
  });
}
