/**
 * Whatever happens to a stream, its tables are in the end those of a batch run over the same messages: it is killed at moments and at points of a commit; the emulator stands still, or is gone and has forgotten
 * everything; somebody has the output open; messages are broken, huge or nonsense.
 *
 * How much, by environment: FUNNELPULSE_FAULT_EVENTS events, FUNNELPULSE_STREAM_KILLS seeded kills; the emulator stands still for FUNNELPULSE_STREAM_FREEZE_S seconds and is gone for FUNNELPULSE_STREAM_OUTAGE_S,
 * the output is locked for FUNNELPULSE_STREAM_LOCK_S.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithPubsub, freePort } from '../../emulators/pubsub';
import type { Started } from '../product';
import {
  baselineOf,
  batchOf,
  deadLetterKeys,
  poison,
  shopMessages,
  type Tables,
  total,
} from './fault_messages';
import { differences, Scene, type SceneMessage } from './scene';

const EVENTS = Number(process.env.FUNNELPULSE_FAULT_EVENTS ?? 2000);
const KILLS = Number(process.env.FUNNELPULSE_STREAM_KILLS ?? 2);
const FREEZE_MS = 1000 * Number(process.env.FUNNELPULSE_STREAM_FREEZE_S ?? 10);
const OUTAGE_MS = 1000 * Number(process.env.FUNNELPULSE_STREAM_OUTAGE_S ?? 3);
const LOCK_MS = 1000 * Number(process.env.FUNNELPULSE_STREAM_LOCK_S ?? 5);
const LONG_MS = 900_000;

/** Commits often, so that there is much to interrupt. */
const OFTEN = ['--commit-every', '200ms', '--early-firing', '300ms'];

let shop: Scene;
let messages: SceneMessage[];
let scoring: string[];
beforeAll(async () => {
  // Not opened: it needs no emulator.
  shop = new Scene();
  messages = await shopMessages(shop, EVENTS);
  const flags = ['--min-flag-views', '3', '--min-baseline-views', '1', '--z-threshold', '1'];
  scoring = ['--baseline', await baselineOf(shop, messages), ...flags];
}, LONG_MS);
afterAll(() => shop.close());

/** What is wrong with a stream's tables, nothing at best. Records may have been read and rejected twice, never counted twice. */
function wrong(batch: Tables, live: Tables): string[] {
  expect(batch.gold_anomalies_hourly_brand.length).toBeGreaterThan(0);
  const open = live.pipeline_ledger.filter((row) => row.unaccounted !== 0 || row.late_dropped !== 0);
  const [expected, found] = [deadLetterKeys(batch), deadLetterKeys(live)];
  return [
    ...differences(batch, live, ['counted']),
    ...open.map((row) => `ledger ${row.bucket}: ${row.unaccounted} unaccounted, ${row.late_dropped} late`),
    ...expected.filter((key) => !found.includes(key)).map((key) => `no dead letter ${key}`),
    ...found.filter((key) => !expected.includes(key)).map((key) => `a dead letter ${key}`),
  ];
}

describeWithPubsub('a stream that is killed', () => {
  const POINTS = ['before the flush', 'before the commit', 'after the commit', 'after finalising'];
  /** Numbers of the ledger that say, with what batch has there, that nothing is still to come. */
  const WHAT_CAME = ['counted', 'rejected'];
  const scenes: Scene[] = [];
  const runs: Record<string, Promise<Tables>> = {};
  let batch: Tables;

  /** The emulator gives messages to streams whose client has been killed, again and again: what comes from them can be long in coming. */
  const options = (memory = '15m'): string[] => [...OFTEN, '--watermark-memory', memory, ...scoring];

  /** All messages go to a stream, one at first and the others when `publish` is called, while `disturb` kills it. Then it is started again, until the leases of the killed ones have run out and all has come; is drained; and goes on to the end. */
  async function run(
    withinMs: number,
    args: readonly string[],
    disturb: (scene: Scene, publish: () => Promise<void>) => Promise<void>,
  ): Promise<Tables> {
    const scene = await Scene.open();
    scenes.push(scene);
    await scene.publish(messages.slice(0, 1));
    let published: Promise<void> | undefined;
    const publish = (): Promise<void> => {
      published ??= scene.trickle(messages.slice(1), withinMs);
      return published;
    };
    await disturb(scene, publish);
    await publish();
    const following = scene.follow(...options(), ...args, '--when-idle', 'hold');
    await scene.see(
      following,
      (tables) =>
        total(tables, 'late_dropped') > 0 || WHAT_CAME.every((of) => total(tables, of) >= total(batch, of)),
      LONG_MS,
    );
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0 });
    await scene.followToEnd('1s', ...options('30s'), ...args);
    return scene.tables();
  }

  async function isKilled({ ended }: Started): Promise<void> {
    expect(await ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  }

  // All at once: most of their time they wait for the leases of those that were killed.
  beforeAll(async () => {
    batch = await batchOf(shop, messages, ...scoring);
    for (const point of POINTS)
      runs[point] = run(3000, ['--workers', '0'], async (scene, publish) => {
        const by = [process.execPath, join(__dirname, 'killed_at.js'), point, '2'];
        const following = scene.followBy(by, ...options(), '--workers', '0');
        // The first commit with something in it; the next one is its last.
        await scene.see(following, (tables) => total(tables, 'read') > 0);
        const published = publish();
        await isKilled(following);
        await published;
      });
    runs.seeded = run(KILLS * 4000, ['--workers', '2'], async (scene, publish) => {
      void publish();
      // A linear congruential generator: the same moments each time.
      let seed = 11;
      for (let kills = 0; kills < KILLS; kills++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        const following = scene.follow(...options());
        await delay(1500 + (seed % 2500));
        following.process.kill('SIGKILL');
        await isKilled(following);
      }
    });
    // Each test looks at its own.
    for (const each of Object.values(runs)) each.catch(() => {});
  }, LONG_MS);
  afterAll(() => Promise.all(scenes.map((scene) => scene.close())));

  test.each(POINTS)(
    '%s',
    async (point) => {
      const live = await runs[point];
      expect(wrong(batch, live)).toEqual([]);
      // What was committed and not acked has come twice.
      if (point === 'after the commit')
        expect(total(live, 'duplicates')).toBeGreaterThan(total(batch, 'duplicates'));
    },
    LONG_MS,
  );

  test(
    `at ${KILLS} seeded moments`,
    async () => expect(wrong(batch, await runs.seeded)).toEqual([]),
    LONG_MS,
  );
});

/** Opens a DuckDB file as soon as nobody else has it open, and keeps it open. */
const HOLD = `
  const { DuckDBInstance } = require('@duckdb/node-api');
  const open = () => DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' }).catch(open);
  open().then((instance) => {
    globalThis.held = instance; // what nobody refers to is closed one day
    process.stdout.write('held');
    process.stdin.on('data', () => process.exit(0));
  });`;

describeWithPubsub('a stream that is disturbed', (emulator) => {
  let scene: Scene;
  let holder: ChildProcess | undefined;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(async () => {
    holder?.kill('SIGKILL');
    emulator().thaw();
    await scene.close();
  });

  test(
    'by a locked output, broken messages, an emulator that stands still, and one that forgets',
    async () => {
      const port = await freePort();
      const metric = async (name: string): Promise<number> => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return Number(new RegExp(`^funnelpulse_${name} (.*)$`, 'm').exec(text)?.[1]);
      };
      const soon = async (isSo: () => Promise<boolean>): Promise<void> => {
        while (!(await isSo())) await delay(50);
      };
      const idle = `${Math.max(FREEZE_MS, LOCK_MS) / 1000 + 6}s`;
      const following = scene.follow(
        ...['--when-idle', 'finish', '--idle-timeout', idle, '--watermark-memory', '10m'],
        ...['--metrics-port', String(port), ...OFTEN, ...scoring],
      );
      const sent: SceneMessage[] = [];
      const publish = (some: readonly SceneMessage[]): Promise<void> => {
        sent.push(...some);
        return scene.publish(some);
      };
      const part = Math.ceil(messages.length / 8);
      const parts = Array.from({ length: 8 }, (_, n) => messages.slice(n * part, (n + 1) * part));
      const hasCome = (of: readonly SceneMessage[]) => (tables: Tables) => total(tables, 'read') >= of.length;

      await publish(parts[0]);
      await scene.see(following, hasCome(parts[0]));

      // Somebody has the output open. What comes waits for him.
      holder = spawn(process.execPath, ['-e', HOLD, scene.output], {
        stdio: ['pipe', 'pipe', 'inherit'],
        cwd: join(__dirname, '..', '..', '..'),
      });
      await once(holder.stdout!, 'data');
      const flushes = await metric('flushes_total');
      await publish(parts[1]);
      await publish(poison(messages.slice(0, 10)));
      await publish(parts[2]);
      await delay(LOCK_MS);
      expect(await metric('flushes_total')).toBe(flushes);
      expect(await metric('unacked_messages')).toBeGreaterThan(0);
      holder.stdin!.write('go');
      await once(holder, 'exit');
      await scene.see(following, hasCome(sent));

      // The emulator stands still with messages that it has not given out, or whose acks it has not heard.
      await publish(parts[3]);
      emulator().freeze();
      await delay(FREEZE_MS);
      emulator().thaw();
      await publish(parts[4]);
      await scene.see(following, hasCome(sent));

      // It is gone, and comes back with neither topics nor messages.
      await publish(parts[5]);
      await emulator().stop();
      await soon(async () => (await metric('source_outage_seconds')) > 0);
      await delay(OUTAGE_MS);
      await emulator().startAgain();
      await scene.makeTopic();
      await soon(async () => (await metric('source_outage_seconds')) === 0);
      // It begins again with its message ids, too, by which dead letters are known: what is broken comes behind all old ones.
      const broken = new Set(sent.filter(isBroken));
      const whole = sent.filter((message) => !broken.has(message));
      await scene.publish([...whole, ...whole.slice(0, broken.size + 1)]);
      await scene.publish([...broken]);
      await publish(parts[6]);
      await publish(parts[7]);

      const outcome = await following.ended;
      expect(outcome).toMatchObject({ code: 0 });
      const batch = await batchOf(scene, sent, ...scoring);
      const empty = { ...batch.dead_letters[0], reason: 'not_json', payload: '' };
      const expected = { ...batch, dead_letters: [...batch.dead_letters, empty] };
      expect(wrong(expected, await scene.tables())).toEqual([]);
    },
    LONG_MS,
  );
});

/** Whether a message will be a dead letter. */
function isBroken({ data }: SceneMessage): boolean {
  try {
    const { event_type, price, event_time, user_id } = JSON.parse(Buffer.from(data).toString());
    return (
      !(/^(view|cart|purchase|remove_from_cart)$/.test(event_type) && Number(price) > 0 && user_id) ||
      !/^\d/.test(event_time)
    );
  } catch {
    return true;
  }
}
