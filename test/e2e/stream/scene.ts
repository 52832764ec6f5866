/** A shop on the emulator, for whole streams: event files are replayed to a topic, `funnelpulse run` follows its subscription, and a batch run over the same messages says what has to come out. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Message, PubSub } from '@google-cloud/pubsub';
import { type Outcome, type Started, start } from '../product';
import { readTables } from '../read_tables';
import { diffTables, type TableRow } from '../table_diff';

const PROJECT = 'funnelpulse-test';

export interface SceneMessage {
  readonly data: Uint8Array;
  readonly attributes?: Record<string, string>;
}

export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'funnelpulse-stream-'));
  readonly output = join(this.folder, 'live.duckdb');
  private readonly id = `t-${randomUUID()}`;
  private readonly client = new PubSub({ projectId: PROJECT });
  private readonly started: Started[] = [];

  /** A topic with a subscription, and a folder; after the emulator has been started. */
  static async open(): Promise<Scene> {
    const scene = new Scene();
    await scene.makeTopic();
    return scene;
  }

  get topic(): string {
    return `projects/${PROJECT}/topics/${this.id}`;
  }

  get input(): string {
    return `pubsub://${PROJECT}/${this.id}`;
  }

  /** Makes topic and subscription, also again: the emulator forgets them when it stops. */
  async makeTopic(): Promise<void> {
    await this.client.createTopic(this.id);
    await this.client.topic(this.id).createSubscription(this.id, { ackDeadlineSeconds: 10 });
  }

  /** Another topic, and what comes there. */
  async listen(name: string): Promise<{ topic: string; receive: (count: number) => Promise<Message[]> }> {
    const id = `${this.id}-${name}`;
    const [topic] = await this.client.createTopic(id);
    const [subscription] = await topic.createSubscription(id);
    const receive = (count: number) =>
      new Promise<Message[]>((resolve, reject) => {
        const messages: Message[] = [];
        subscription.on('error', reject).on('message', (message: Message) => {
          message.ack();
          if (messages.push(message) < count) return;
          void subscription.close().then(() => resolve(messages));
        });
      });
    return { topic: topic.name, receive };
  }

  async publish(messages: readonly SceneMessage[]): Promise<void> {
    const topic = this.client.topic(this.id, { batching: { maxMessages: 500, maxMilliseconds: 5 } });
    await Promise.all(
      messages.map(({ data, attributes = {} }) =>
        topic.publishMessage({ data: Buffer.from(data), attributes }),
      ),
    );
  }

  /** Publishes them one after the other, all within this time. */
  async trickle(messages: readonly SceneMessage[], withinMs: number): Promise<void> {
    const start = Date.now();
    for (let from = 0; from < messages.length; await delay(100)) {
      const share = Math.min(1, (Date.now() - start + 100) / withinMs);
      const to = Math.max(from, Math.ceil(messages.length * share));
      await this.publish(messages.slice(from, to));
      from = to;
    }
  }

  /** Replays event files to the topic, and writes the same messages to a file. Returns its path when all are there. */
  async replay(...args: string[]): Promise<string> {
    const messages = join(this.folder, `messages-${randomUUID()}.ndjson`);
    const sent = await this.run(
      'replay',
      '--topic',
      this.topic,
      '--out',
      messages,
      '--ordering-key',
      'none',
      ...args,
    );
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    return messages;
  }

  /** Starts following the subscription. */
  follow(...args: string[]): Started {
    return this.followBy([], ...args);
  }

  /** The same by another program, which gets the command line after its own arguments. */
  followBy(by: readonly string[], ...args: string[]): Started {
    return this.start(['run', '--input', this.input, '--output', `duckdb:${this.output}`, ...args], by);
  }

  /** Starts following the subscription into another output. */
  followInto(output: string, ...args: string[]): Started {
    return this.start(['run', '--input', this.input, '--output', output, ...args]);
  }

  /** Follows it until nothing has come for as long. */
  async followToEnd(idle: string, ...args: string[]): Promise<Outcome> {
    const outcome = await this.follow('--when-idle', 'finish', '--idle-timeout', idle, ...args).ended;
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  }

  /** Runs the program to its end. */
  run(...args: string[]): Promise<Outcome> {
    return this.start(args).ended;
  }

  /** What a batch run over files gives. */
  async batch(input: string, ...args: string[]): Promise<Record<string, TableRow[]>> {
    const output = join(this.folder, `batch-${randomUUID()}.duckdb`);
    const outcome = await this.run(
      'run',
      '--input',
      input,
      '--output',
      `duckdb:${output}`,
      '--quiet',
      ...args,
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    return readTables(output);
  }

  tables(): Promise<Record<string, TableRow[]>> {
    return readTables(this.output);
  }

  /**
   * Reads the output beside the stream that writes it until it is as `isSo` says; returns it as it is then. Throws when the stream has ended before, or patience has.
   */
  async see(
    following: Started,
    isSo: (tables: Record<string, TableRow[]>) => boolean,
    patienceMs = PATIENCE_MS,
  ): Promise<Record<string, TableRow[]>> {
    let outcome: Outcome | null = null;
    void following.ended.then((ended) => {
      outcome = ended;
    });
    for (const start = Date.now(); ; await delay(Math.min(1000, 50 + (Date.now() - start) / 10))) {
      const tables = await this.tables().catch(orLater);
      if (tables !== null && isSo(tables)) return tables;
      if (outcome !== null) throw new Error(`The stream has ended: ${JSON.stringify(outcome)}`);
      if (Date.now() - start > patienceMs)
        throw new Error(`Not within ${patienceMs} ms: ${isSo}\n${JSON.stringify(tables, bigintAsText)}`);
    }
  }

  private start(args: readonly string[], by: readonly string[] = []): Started {
    const started = start(args, { by });
    this.started.push(started);
    return started;
  }

  async close(): Promise<void> {
    for (const { process, ended } of this.started) {
      process.kill('SIGKILL');
      await ended;
    }
    await this.client.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const PATIENCE_MS = 60_000;

/** An output that is not there yet, or that the stream has open for a flush. */
function orLater(error: Error): null {
  if (/lock|does not exist/i.test(error.message)) return null;
  throw error;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Columns that say how a row came about. */
const HOW = ['pane', 'computed_at', 'rejected_at', 'message', 'source', 'position', 'line', 'columns'];
const BOOKS = ['read', 'counted', 'duplicates', 'rejected'];

/** What differs between two outputs: gold rows, open anomalies, and in the ledger `books`. */
export function differences(
  expected: Record<string, TableRow[]>,
  actual: Record<string, TableRow[]>,
  books: readonly string[] = BOOKS,
): string[] {
  const ledger = new Set([...books, 'bucket', 'window_start']);
  const meaning = (tables: Record<string, TableRow[]>) => ({
    ...Object.fromEntries(Object.entries(tables).filter(([name]) => name.startsWith('gold_funnel_'))),
    gold_anomalies_hourly_brand: tables.gold_anomalies_hourly_brand.filter(({ status }) => status === 'open'),
    pipeline_ledger: tables.pipeline_ledger.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, ledger.has(name) ? value : 0])),
    ),
  });
  return diffTables(meaning(expected), meaning(actual), { ignore: HOW });
}

/** Dead letters by what was rejected and why; a message that came twice is two. */
export function rejected(tables: Record<string, TableRow[]>): string[] {
  return tables.dead_letters.map(({ reason, payload }) => `${reason} ${payload}`).sort();
}
