/** The whole of it over real tables in memory: a desk that looks, remembers and sends, and a watch over what changes. */
import { EventEmitter, once } from 'node:events';
import type { Delivery } from '../../../schema/alert';
import { AlertDesk, type DeskOptions } from '../../../serving/alerts/desk';
import type { AlertMemory, MemoryStore } from '../../../serving/alerts/memory';
import { memoryOf, memoryText } from '../../../serving/alerts/memory_text';
import { watchForAlerts } from '../../../serving/alerts/watch';
import type { Store } from '../../../serving/questions/store';
import { HOSTILE } from '../../io/alerts/messages';
import { storeOf } from '../reference_store';
import { tablesOf as alertTables } from './alert_tables';
import { ScriptedChannel } from './scripted_channel';
import { drop, HOUR, type HourState, START, USUAL } from './world';

/** A file that is written when the test says so. */
class Memory implements MemoryStore {
  text: string | null = null;
  error: Error | null = null;
  load = (): AlertMemory | null => (this.text === null ? null : memoryOf(this.text));
  save = async (memory: AlertMemory): Promise<void> => {
    if (this.error !== null) throw this.error;
    this.text = memoryText(memory);
  };
}

/** The tables of a stream in which the brand had these hours; hours after them have none of its events. */
function tablesOf(brand: string, states: readonly HourState[], watermarkHours = states.length) {
  return storeOf(alertTables({ [brand]: states }, watermarkHours));
}

/** What is served: tables that are replaced by others. */
class Tables {
  readonly changes = new EventEmitter();
  reads = 0;
  private constructor(private store: Store & { close: () => void }) {}

  static async of(states: readonly HourState[], watermarkHours?: number): Promise<Tables> {
    return new Tables(await tablesOf('uno', states, watermarkHours));
  }

  async become(states: readonly HourState[], watermarkHours?: number): Promise<void> {
    const { store } = this;
    this.store = await tablesOf('uno', states, watermarkHours);
    store.close();
    this.changes.emit('change');
  }

  read = async <T>(questions: (store: Store) => Promise<T>): Promise<T> => {
    this.reads++;
    const answer = await questions(this.store);
    this.changes.emit('read');
    return answer;
  };
  onChange = (listener: () => void) => {
    this.changes.on('change', listener);
    return () => this.changes.off('change', listener);
  };
  close(): void {
    this.store.close();
  }
}

const said: string[] = [];
beforeEach(() => said.splice(0));

function deskOf(
  channels: ScriptedChannel[],
  memory: MemoryStore,
  options: Partial<DeskOptions> = {},
): AlertDesk {
  return new AlertDesk({
    ...{ output: 'o', channels, memory, newId: 'm', until: null, minRevenueAtRisk: 0n, limit: 100 },
    since: ({ since }) => since ?? START - HOUR,
    lookBackMs: 24 * HOUR,
    say: (line) => said.push(line),
    ...options,
  });
}

function told(channel: ScriptedChannel): string[] {
  return channel.sent.flatMap(({ statements }) =>
    statements.map(({ kind, episode: { hours } }) => `${kind} ${hours}`),
  );
}

const D = drop();

test('one message per fact, by what the tables hold, through restarts', async () => {
  const memory = new Memory();
  const channel = new ScriptedChannel('slack');
  const looks: [HourState[], number?][] = [
    [[USUAL, D]],
    [[USUAL, D]],
    [[USUAL, D, D]],
    [[USUAL, D, D, USUAL]],
    // Judged is what has the views that the run asks for: 80.
    [[USUAL, D, D, USUAL, { is: 'unjudged' }]],
    [[USUAL, D, D, USUAL, { is: 'unjudged' }, USUAL]],
    [[USUAL, USUAL, USUAL, USUAL, { is: 'unjudged' }, USUAL]],
  ];
  for (const [states, watermark] of looks) {
    const store = await tablesOf('uno', states, watermark);
    const desk = deskOf([channel], memory);
    await desk.examine(store);
    desk.start();
    expect(await desk.stop(1000)).toBe(0);
    store.close();
  }
  expect(told(channel)).toEqual(['detected 1', 'worsened 2', 'recovered 2', 'retracted 2']);
  expect(channel.sent.map(({ id }) => id)).toEqual(['m-1-1', 'm-1-2', 'm-1-3', 'm-1-4']);
});

test.each(HOSTILE.map((brand) => [brand.slice(0, 30), brand]))(
  'the brand %j comes through tables and memory as it is',
  async (_, given) => {
    // A store of UTF-8 holds no halves of surrogate pairs.
    const brand = given.replace(/\p{Surrogate}/gu, '\ufffd');
    const [memory, channel] = [new Memory(), new ScriptedChannel('slack')];
    for (const states of [[D], [D], [D, D], [D, D, USUAL, USUAL]]) {
      const store = await tablesOf(brand, states);
      const desk = deskOf([channel], memory);
      await desk.examine(store);
      desk.start();
      expect(await desk.stop(1000)).toBe(0);
      store.close();
    }
    expect(told(channel)).toEqual(['detected 1', 'worsened 2', 'recovered 2']);
    for (const { statements } of channel.sent) expect(statements[0].episode.brand).toBe(brand);
  },
);

test('an hour that the watermark has not passed is not told, and hours without any event end nothing', async () => {
  const channel = new ScriptedChannel('slack');
  const desk = deskOf([channel], new Memory());
  const open = await tablesOf('uno', [USUAL, D], 1.5);
  expect(await desk.examine(open)).toBe(0);
  const closed = await tablesOf('uno', [USUAL, D], 2);
  expect(await desk.examine(closed)).toBe(1);
  const silence = await tablesOf('uno', [USUAL, D], 100);
  expect(await desk.examine(silence)).toBe(0);
  for (const store of [open, closed, silence]) store.close();
});

test('empty tables say nothing', async () => {
  const store = await storeOf({});
  expect(await deskOf([], new Memory()).examine(store)).toBe(0);
  store.close();
});

test('what could not be sent is in the memory, and goes to those that have not got it', async () => {
  const memory = new Memory();
  const refuse = (): Delivery => ({ outcome: 'refused', reason: 'no' });
  const [good, bad] = [new ScriptedChannel('webhook'), new ScriptedChannel('slack', refuse)];
  const store = await tablesOf('uno', [D]);
  const desk = deskOf([good, bad], memory);
  await desk.examine(store);
  desk.start();
  expect(await desk.stop(1000)).toBe(1);
  expect([good.isClosed, bad.isClosed]).toEqual([true, true]);
  const [again, healed] = [new ScriptedChannel('webhook'), new ScriptedChannel('slack')];
  const next = deskOf([again, healed], memory);
  next.start();
  expect(await next.stop(1000)).toBe(0);
  expect([again.attempts, healed.attempts]).toEqual([[], ['m-1-1']]);
  store.close();
});

test('nothing is sent that is not stored; it is when that is possible again', async () => {
  const memory = new Memory();
  memory.error = new Error('no space left on the device');
  const channel = new ScriptedChannel('slack');
  const desk = deskOf([channel], memory);
  desk.start();
  const store = await tablesOf('uno', [D]);
  await expect(desk.examine(store)).rejects.toThrow('no space left');
  desk.wake();
  memory.error = null;
  await desk.examine(store);
  desk.wake();
  expect(await desk.stop(1000)).toBe(0);
  expect(channel.attempts).toEqual(['m-1-1']);
  store.close();
});

test('a stream’s changes are told as they come, and the last of them at its end', async () => {
  const tables = await Tables.of([USUAL, D]);
  const channel = new ScriptedChannel('slack');
  const desk = deskOf([channel], new Memory());
  const watch = watchForAlerts({ served: tables, desk, say: (line) => said.push(line), everyMs: 5 });
  await channel.has(1);
  await tables.become([USUAL, D, D]);
  await channel.has(2);
  await tables.become([USUAL, D, D, USUAL, USUAL]);
  expect(await watch.stop(5000)).toBe(0);
  expect(told(channel)).toEqual(['detected 1', 'worsened 2', 'recovered 2']);
  expect(tables.changes.listenerCount('change')).toBe(0);
  expect(said).toEqual([]);
  tables.close();
});

test('tables that change all the time are looked at now and then only', async () => {
  const tables = await Tables.of([USUAL]);
  const desk = deskOf([], new Memory());
  const watch = watchForAlerts({ served: tables, desk, say: () => {}, everyMs: 200 });
  const end = Date.now() + 700;
  while (Date.now() < end) {
    tables.changes.emit('change');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(tables.reads).toBeGreaterThan(1);
  expect(tables.reads).toBeLessThan(6);
  await watch.stop(1000);
  tables.close();
});

test('tables that can’t be read are one line, and looked at again', async () => {
  const tables = await Tables.of([D]);
  const channel = new ScriptedChannel('slack');
  let isLocked = true;
  const served = {
    ...tables,
    read: <T>(questions: (store: Store) => Promise<T>): Promise<T> => {
      tables.changes.emit('try');
      return isLocked ? Promise.reject(new Error('cannot open it')) : tables.read(questions);
    },
  };
  const desk = deskOf([channel], new Memory());
  const watch = watchForAlerts({ served, desk, say: (line) => said.push(line), everyMs: 5 });
  await once(tables.changes, 'try');
  await once(tables.changes, 'try');
  isLocked = false;
  await channel.has(1);
  expect(said).toEqual(['cannot look: cannot open it']);
  await watch.stop(1000);
  tables.close();
});

test('a channel that hangs holds neither the looking up nor the end', async () => {
  const tables = await Tables.of([D]);
  const hanging = new ScriptedChannel('slack', () => new Promise<Delivery>(() => {}));
  const good = new ScriptedChannel('webhook');
  const desk = deskOf([hanging, good], new Memory());
  const watch = watchForAlerts({ served: tables, desk, say: () => {}, everyMs: 5 });
  await good.has(1);
  await tables.become([D, D]);
  await good.has(2);
  const start = Date.now();
  expect(await watch.stop(300)).toBe(2);
  expect(Date.now() - start).toBeLessThan(3000);
  tables.close();
});

test('one who has no time at the end does not look', async () => {
  const tables = await Tables.of([D]);
  const desk = deskOf([], new Memory());
  const watch = watchForAlerts({ served: tables, desk, say: (line) => said.push(line), everyMs: 60_000 });
  await once(tables.changes, 'read');
  tables.close();
  tables.changes.emit('change');
  await watch.stop(0);
  expect([tables.reads, said]).toEqual([1, []]);
});

test('with no room for messages it waits with deciding; at the end all is in a digest', async () => {
  const tables = await Tables.of([D]);
  const channel = new ScriptedChannel('slack');
  const desk = deskOf([channel], new Memory(), { limit: 1 });
  const watch = watchForAlerts({ served: tables, desk, say: () => {}, everyMs: 5 });
  await channel.has(1);
  const { reads } = tables;
  await tables.become([D, D]);
  await tables.become([D, D, USUAL, USUAL]);
  expect(desk.roomInMs).toBeGreaterThan(50_000);
  expect(tables.reads).toBe(reads);
  await watch.stop(1000);
  expect(told(channel)).toEqual(['detected 1', 'recovered 2']);
  tables.close();
});
