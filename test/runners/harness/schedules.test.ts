/**
 * A worker under attack: bundles of several stages at once, of one key and of many, their data before and behind the request, its end in a message of its own, splits, questions about progress and unknown instructions
 * at random moments, state that takes its time. Whatever the schedule, each element comes out once.
 *
 * FUNNELPULSE_SCHEDULES says how many schedules (200 by default; `make verify-portable` plays 1,000). One that fails is printed with its seed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_WINDOW_MAPPING_FN_URN } from 'apache-beam/internal/urns';
import fc from 'fast-check';
import { asList } from '../../../beam/side_inputs';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { decoded, doFn, encoded, type StageStep, stageOf } from './described_stage';
import { PlayingRunner, processBundle, progress, split } from './playing_runner';
import { Same, SameLater, WithSide } from './stage_fns';

const SCHEDULES = Number(process.env.FUNNELPULSE_SCHEDULES ?? 200);

const STAGES: Record<string, { sources: string[]; steps: Record<string, StageStep> }> = {
  empty: { sources: ['in'], steps: {} },
  same: { sources: ['in'], steps: { same: doFn(new Same()) } },
  later: { sources: ['in'], steps: { later: doFn(new SameLater(0)) } },
  'two sources': { sources: ['in', 'in 2'], steps: { later: doFn(new SameLater(0)) } },
  'side input': { sources: ['in'], steps: { look: withSide(), later: doFn(new SameLater(0)) } },
};

function withSide(): StageStep {
  const param = asList({ getId: () => 'pc side' } as never);
  Object.assign(param, { sideInputId: 'side' });
  const side = {
    accessPattern: { urn: 'beam:side_input:iterable:v1', payload: new Uint8Array() },
    windowMappingFn: { urn: IDENTITY_WINDOW_MAPPING_FN_URN, payload: new Uint8Array() },
  };
  const step = doFn(new WithSide(), { side: param }, { sideInputs: { side } } as never);
  return { ...step, sides: { side: 'pc side' } };
}

let runner: PlayingRunner;
let worker: FnWorker;
beforeAll(async () => {
  runner = await PlayingRunner.start();
  worker = await runner.worker();
  for (const [id, stage] of Object.entries(STAGES))
    runner.descriptors.set(id, stageOf(id, { address: runner.address, ...stage }));
  runner.onState = async ({ id }) => {
    const get = { data: new Uint8Array(), continuationToken: new Uint8Array() };
    await sleep(Number(id) % 3);
    return { id, error: '', response: { oneofKind: 'get', get } };
  };
  // Opens the data stream.
  const done = runner.bundle('first', 'empty');
  await runner.send('first', 'in', new Uint8Array(), true);
  await done;
});
afterAll(async () => {
  await worker.stop();
  runner.stop();
});

/** One bundle of a schedule: sizes of the messages of each source, and where between them it is asked for. */
interface Plan {
  readonly stage: string;
  readonly messages: readonly { readonly source: number; readonly elements: number }[];
  /** Whether the last elements of a source say that they are the last, or a message of its own does. */
  readonly endsApart: boolean;
  readonly requestedAt: number;
  readonly splits: readonly { readonly at: number; readonly fraction: number }[];
  readonly questions: readonly number[];
  readonly large: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  stage: fc.constantFrom(...Object.keys(STAGES)),
  messages: fc.array(fc.record({ source: fc.nat(1), elements: fc.nat(6) }), { maxLength: 6 }),
  endsApart: fc.boolean(),
  requestedAt: fc.nat(8),
  splits: fc.array(fc.record({ at: fc.nat(12), fraction: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    maxLength: 3,
  }),
  questions: fc.array(fc.nat(12), { maxLength: 2 }),
  large: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const schedule = fc.record({
  plans: fc.array(plan, { minLength: 1, maxLength: 4 }),
  /** Whose turn it is, and whether the worker gets a moment after it. */
  turns: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 80, maxLength: 80 }),
});

type Action = () => void | Promise<void>;

let bundles = 0;

/** A bundle as it goes on: what to do next, in order; then its answer, and what has been given away of it. */
class Attempt {
  readonly id = `bundle ${++bundles}`;
  readonly actions: Action[] = [];
  /** The elements of each source, and up to where the worker is to process them. */
  private readonly sent: string[][];
  private readonly ends: number[];
  private readonly answers: Promise<unknown>[] = [];

  constructor(
    private readonly stage: string,
    plan: Plan,
  ) {
    const { sources } = STAGES[stage];
    this.sent = sources.map(() => []);
    this.ends = sources.map(() => Number.POSITIVE_INFINITY);
    this.planMessages(plan, sources);
    this.actions.splice(Math.min(plan.requestedAt, this.actions.length), 0, () => this.request());
    for (const { at, fraction } of plan.splits) this.insert(at, () => this.split(fraction));
    for (const at of plan.questions) this.insert(at, () => this.question());
  }

  /** The elements that the worker says it will process, and those that it has given away. */
  async end(): Promise<{ kept: string[]; givenAway: string[]; out: unknown[] }> {
    await Promise.all(this.answers);
    const { messages, ends, late } = await runner.ended(this.id, 'out');
    expect({ ends, late }).toEqual({ ends: 1, late: 0 });
    return {
      kept: this.sent.flatMap((values, source) => values.slice(0, this.ends[source])),
      givenAway: this.sent.flatMap((values, source) => values.slice(this.ends[source])),
      out: decoded(messages),
    };
  }

  private planMessages({ messages, endsApart, large }: Plan, sources: readonly string[]): void {
    const left = sources.map(
      (_, source) => messages.filter((message) => message.source % sources.length === source).length,
    );
    for (const { source: any, elements } of messages) {
      const source = any % sources.length;
      const values = Array.from({ length: elements }, (_, at) => {
        const value = `${this.id} of ${sources[source]}: ${this.sent[source].length + at}`;
        return large ? value.padEnd(400_000) : value;
      });
      this.sent[source].push(...values);
      const isLast = --left[source] === 0 && !endsApart;
      this.actions.push(() => runner.send(this.id, sources[source], encoded(values), isLast));
    }
    sources.forEach((name, source) => {
      if (endsApart || this.sentNothing(source, messages, sources.length))
        this.actions.push(() => runner.send(this.id, name, new Uint8Array(), true));
    });
  }

  private sentNothing(source: number, messages: Plan['messages'], sources: number): boolean {
    return !messages.some((message) => message.source % sources === source);
  }

  private insert(at: number, action: Action): void {
    this.actions.splice(Math.min(at, this.actions.length), 0, action);
  }

  private request(): void {
    const answer = runner.ask(this.id, processBundle(this.stage));
    this.answers.push(answer.then(({ error }) => expect(error).toBe('')));
  }

  private split(fraction: number): void {
    const source = STAGES[this.stage].sources[0];
    const estimate = Math.min(this.sent[0].length, this.ends[0]);
    const answer = runner.ask(
      `${this.id} split ${this.answers.length}`,
      split(this.id, source, fraction, estimate),
    );
    this.answers.push(
      answer.then(({ error, response }) => {
        expect(error).toBe('');
        if (response.oneofKind !== 'processBundleSplit') throw new Error('another answer');
        for (const { firstResidualElement, lastPrimaryElement } of response.processBundleSplit
          .channelSplits) {
          expect(firstResidualElement).toBe(lastPrimaryElement + 1n);
          // Answers come in the order of the questions.
          expect(Number(firstResidualElement)).toBeLessThan(this.ends[0]);
          this.ends[0] = Number(firstResidualElement);
        }
      }),
    );
  }

  private question(): void {
    const of = this.answers.length % 2 === 0 ? this.id : 'one that nobody knows';
    this.answers.push(
      runner
        .ask(`${this.id} progress ${this.answers.length}`, progress(of))
        .then(({ error }) => expect(error).toBe('')),
      runner
        .ask(`${this.id} unknown ${this.answers.length}`, { oneofKind: undefined })
        .then(({ error }) => expect(error).not.toBe('')),
    );
  }
}

test(
  `each element comes out once, over ${SCHEDULES} schedules`,
  async () => {
    let splits = 0;
    let elements = 0;
    await fc.assert(
      fc.asyncProperty(schedule, async ({ plans, turns }) => {
        const attempts = plans.map((plan) => new Attempt(plan.stage, plan));
        const waiting = [...attempts];
        for (let turn = 0; waiting.length > 0; turn++) {
          const [whose, rest] = turns[turn % turns.length];
          const at = whose % waiting.length;
          await waiting[at].actions.shift()!();
          if (waiting[at].actions.length === 0) waiting.splice(at, 1);
          if (rest === 1) await new Promise((resolve) => setImmediate(resolve));
          if (rest === 2) await sleep(1);
        }
        for (const attempt of attempts) {
          const { kept, givenAway, out } = await attempt.end();
          elements += kept.length;
          if (givenAway.length > 0) splits++;
          // Of two sources the order is that of their messages.
          const given = out.map((value) => (value as string).replace(/: $/, ''));
          expect(given.sort()).toEqual(kept.sort());
        }
      }),
      { numRuns: SCHEDULES },
    );
    // The attack is one: with fewer, most schedules would be harmless.
    expect(splits).toBeGreaterThan(SCHEDULES / 20);
    expect(elements).toBeGreaterThan(SCHEDULES * 5);
  },
  120_000 + 200 * SCHEDULES,
);
