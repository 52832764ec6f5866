/** A desk whose process dies at any point, whose channels fail and whose disk is full now and then: every message arrives, none twice but where nobody was left who knew that it had. */
import fc from 'fast-check';
import type { AlertStatement } from '../../../schema/alert';
import { AlertDesk } from '../../../serving/alerts/desk';
import { memoryOf } from '../../../serving/alerts/memory_text';
import { type OpenStore, storeOf } from '../reference_store';
import { tablesOf } from './alert_tables';
import { type Answer, keyOf, Ledger, MortalProcess, realDelay, turns } from './mortal_process';
import { HISTORY, type History, HOUR, START } from './world';

const CHANNELS = ['slack', 'webhook'];
const FOREVER = Number.POSITIVE_INFINITY;

interface Life {
  /** Steps of the history between two looks, and how much happens in between: turns of the event loop, then milliseconds. */
  readonly looks: readonly { readonly further: number; readonly turns: number; readonly ms: number }[];
  /** After so many steps of its own it is dead; infinity: it ends in peace, within so many milliseconds. */
  readonly lifetime: number;
  readonly patienceMs: number;
}

interface Plan {
  readonly history: History;
  readonly lives: readonly Life[];
  /** What each channel does with what comes, and whether the disk is full; later on all is well. */
  readonly answers: readonly (readonly Answer[])[];
  readonly full: readonly boolean[];
  /** Messages in a minute. */
  readonly limit: number;
}

const LIFE: fc.Arbitrary<Life> = fc.record({
  looks: fc.array(
    fc.record({
      further: fc.integer({ min: 0, max: 4 }),
      turns: fc.integer({ min: 0, max: 6 }),
      ms: fc.constantFrom(0, 0, 1000, 61_000),
    }),
    { maxLength: 5 },
  ),
  lifetime: fc.oneof(fc.constant(FOREVER), fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 })),
  patienceMs: fc.constantFrom(0, 1000, 30_000),
});

const ANSWERS = fc.array(fc.constantFrom<Answer[]>('sent', 'sent', 'sent', 'failed', 'refused', 'lost'), {
  maxLength: 20,
});

const PLAN: fc.Arbitrary<Plan> = fc.record({
  history: HISTORY,
  lives: fc.array(LIFE, { minLength: 1, maxLength: 5 }),
  answers: fc.tuple(ANSWERS, ANSWERS),
  full: fc.array(fc.constantFrom(false, false, false, false, true), { maxLength: 20 }),
  limit: fc.constantFrom(1, 3, 100),
});

beforeAll(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
});
afterAll(() => jest.useRealTimers());

/** Lets time pass until the promise is kept, or the process is dead. */
async function outlasted(work: Promise<unknown>, process: MortalProcess): Promise<void> {
  let isOver = false;
  const over = Promise.race([work, process.died]).finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  while (!isOver) {
    // Writes take time that is not made up.
    await realDelay(1);
    await jest.advanceTimersByTimeAsync(500);
  }
  await over;
}

/** Lives the plan, and then one life more in which all is well. */
async function lived({ history: { steps }, lives, answers, full, limit }: Plan, store: OpenStore) {
  const ledger = new Ledger();
  const queues = answers.map((queue) => [...queue]);
  const fullness = [...full];
  let [at, orphans] = [0, 0];
  const look = async (desk: AlertDesk, process: MortalProcess): Promise<void> => {
    const { hours, closedHours } = steps[at];
    await store.become(
      tablesOf(
        Object.fromEntries(
          Object.entries(hours).map(([brand, states]) => [brand, states.slice(0, closedHours)]),
        ),
        closedHours,
      ),
    );
    // A watch looks again after a look that failed.
    await Promise.race([desk.examine(store).catch(() => {}), process.died]);
    desk.wake();
  };
  const begin = (process: MortalProcess, healthy: boolean): AlertDesk =>
    new AlertDesk({
      output: 'o',
      channels: CHANNELS.map((name, i) =>
        process.channel(name, () => (healthy ? 'sent' : (queues[i].shift() ?? 'sent'))),
      ),
      memory: process,
      newId: 'm',
      since: ({ since }) => since ?? START - HOUR,
      until: null,
      minRevenueAtRisk: 0n,
      limit,
      lookBackMs: null,
      say: () => {},
    });
  for (const { looks, lifetime, patienceMs } of lives) {
    const process = new MortalProcess(ledger, lifetime, () => fullness.shift() ?? false);
    const desk = begin(process, false);
    desk.start();
    for (const { further, turns: many, ms } of looks) {
      at = Math.min(at + further, steps.length - 1);
      await look(desk, process);
      await turns(many);
      await jest.advanceTimersByTimeAsync(ms);
      if (process.isDead) break;
    }
    await outlasted(desk.stop(patienceMs), process);
    orphans += ledger.orphan();
  }
  at = steps.length - 1;
  const last = new MortalProcess(ledger, FOREVER, () => false);
  const desk = begin(last, true);
  await look(desk, last);
  desk.start();
  await outlasted(desk.stop(600_000), last);
  expect(ledger.orphan()).toBe(0);
  return { ledger, orphans };
}

test('whatever dies when, every message arrives, and again only where it had not been remembered', async () => {
  const store = await storeOf({});
  const seen = { messages: 0, orphans: 0, digests: 0 };
  await fc.assert(
    fc.asyncProperty(PLAN, async (plan) => {
      const { ledger, orphans } = await lived(plan, store);
      expect(ledger.wrongs).toEqual([]);
      const memory = memoryOf(ledger.text as string);
      expect(memory.outbox).toEqual([]);
      const messages = [...ledger.remembered.values()];
      for (const name of CHANNELS)
        for (const { id } of messages) {
          const key = keyOf(name, id);
          expect({ key, arrivals: ledger.arrivals.get(key) }).toEqual({
            key,
            arrivals: 1 + (ledger.repeats.get(key) ?? 0),
          });
        }
      // Of each episode every statement is in one message, the last of which says how it is.
      const byEpisode = new Map<string, AlertStatement[]>();
      for (const statement of messages.flatMap((message) => message.statements)) {
        const { id } = statement.episode;
        byEpisode.set(id, [...(byEpisode.get(id) ?? []), statement]);
      }
      for (const said of byEpisode.values())
        expect(said.map(({ number }) => number).sort((a, b) => a - b)).toEqual(said.map((_, i) => i + 1));
      for (const { id, statements: number, status } of memory.told) {
        const said = byEpisode.get(id) ?? [];
        expect(said).toHaveLength(number);
        expect(said.find((one) => one.number === number)?.episode.status).toBe(status);
      }
      seen.messages += messages.length;
      seen.orphans += orphans;
      seen.digests += messages.filter((message) => message.statements.length > 1).length;
    }),
    // To look for a smaller one takes longer than a test may.
    { numRuns: 60, endOnFailure: true },
  );
  store.close();
  // Or else none of it has been tried.
  expect(Math.min(seen.messages, seen.orphans, seen.digests)).toBeGreaterThan(10);
});
