/**
 * When the watermark is beyond a window and its lateness, nothing of it is left: no state, no hold, no timer of event time, no record in the store. A millisecond before, it is there. Timers of processing time
 * outlive it until their instant has come, and then do nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Coder } from 'apache-beam/coders/coders';
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  MergeStatus_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  type Trigger,
  WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';
import fc from 'fast-check';
import Long from 'long';
import { FixedWindows, Sessions, SlidingWindows, type WindowFn } from '../../../beam/windows';
import { ValueEncoder } from '../../../runners/harness/bytes';
import { openState, type StateStore } from '../../../runners/local/checkpoint';
import { EdgeBatchBuilder } from '../../../runners/local/edge_batch_builder';
import { GroupingNode } from '../../../runners/local/event_time/grouping_node';
import { lastMoment, MAX_INSTANT, MIN_INSTANT } from '../../../runners/local/event_time/instants';
import { ValueLists } from '../../../runners/local/event_time/value_lists';
import type { SavedContents, StageContents } from '../../../runners/local/event_time/window_contents';
import type { CaseTrigger } from '../../conformance/case_format';
import { triggerProto } from '../../conformance/triggers';

const LATENESS = 700;
const DELAY = 50;
const WINDOWS: Record<string, WindowFn> = {
  fixed: new FixedWindows(1000),
  sliding: new SlidingWindows(1000, 400),
  sessions: new Sessions(300),
};

const count = (n: number): CaseTrigger => ({ type: 'elementCount', n });
const delay: CaseTrigger = { type: 'afterProcessingTime', delayMs: DELAY };
const TRIGGERS: Record<string, CaseTrigger> = {
  default: { type: 'default' },
  'end of window': { type: 'afterEndOfWindow' },
  'early and late by count': { type: 'afterEndOfWindow', early: count(2), late: count(1) },
  'early and late by delay': { type: 'afterEndOfWindow', early: delay, late: delay },
  'every second': { type: 'repeat', of: count(2) },
  once: count(2),
  'after delays': { type: 'repeat', of: delay },
  never: { type: 'never' },
};

function strategyOf(windowFn: WindowFn, trigger: Trigger, accumulates: boolean, closesAlways: boolean) {
  return WindowingStrategy.create({
    windowFn: windowFn.toProto(),
    mergeStatus: windowFn.isMerging() ? MergeStatus_Enum.NEEDS_MERGE : MergeStatus_Enum.NON_MERGING,
    trigger,
    accumulationMode: accumulates ? AccumulationMode_Enum.ACCUMULATING : AccumulationMode_Enum.DISCARDING,
    outputTime: OutputTime_Enum.EARLIEST_IN_PANE,
    closingBehavior: closesAlways ? ClosingBehavior_Enum.EMIT_ALWAYS : ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: OnTimeBehavior_Enum.FIRE_ALWAYS,
    allowedLateness: BigInt(LATENESS),
  });
}

interface Element {
  readonly key: string;
  readonly at: number;
}

/** A grouping as a run has it, with its store. */
class Grouping {
  /** When the last window expires that an element was taken into. */
  expiry = Number.NEGATIVE_INFINITY;
  private node: GroupingNode;

  constructor(
    private readonly step: string,
    private readonly windowFn: WindowFn,
    private readonly strategy: WindowingStrategy,
    private readonly store: StateStore,
  ) {
    this.node = this.newNode();
  }

  get state() {
    return this.node.grouping;
  }

  add(elements: readonly Element[]): void {
    const batch = new EdgeBatchBuilder();
    const encoder = new ValueEncoder();
    for (const { key, at } of elements) {
      for (const window of this.windowFn.assignWindows(Long.fromNumber(at))) {
        const expiry = lastMoment(window) + LATENESS;
        if (this.state.inputWatermark <= expiry) this.expiry = Math.max(this.expiry, expiry);
        const coder = this.windowFn.windowCoder() as Coder<unknown>;
        const encoded = batch.windows.position(encoder.latin1(coder, window));
        batch.add(batch.copy(Buffer.from(`${at}`)), batch.keys.position(key), encoded, 0, at, 0);
      }
    }
    this.node.add(batch.finish());
  }

  /** Moves the watermark, as a running graph does: until no timer is due any more. Returns how many panes came of it. */
  advanceTo(watermark: number): number {
    this.state.inputWatermark = Math.max(this.state.inputWatermark, watermark);
    for (let panes = 0; ; ) {
      this.state.outputWatermark = this.state.nextOutputWatermark;
      const { fired, panes: batch } = this.node.fireTimers();
      panes += batch?.groups?.length ?? 0;
      if (!fired) return panes;
    }
  }

  wait(milliseconds: number): number {
    this.state.processingTime += milliseconds;
    return this.advanceTo(MIN_INSTANT);
  }

  commit(): Promise<number> {
    return this.store.commit(this.node.changes());
  }

  /** Goes on as another process would. */
  async restart(): Promise<void> {
    await this.commit();
    const { inputWatermark, outputWatermark, processingTime } = this.state;
    this.node = this.newNode();
    Object.assign(this.state, { inputWatermark, outputWatermark, processingTime });
    this.node.restore(this.store);
    this.advanceTo(MIN_INSTANT);
  }

  stored(what: 'windows' | 'contents'): number {
    return [...this.store.entries(`${what} ${this.step}`)].length;
  }

  private newNode(): GroupingNode {
    const accumulates = this.strategy.accumulationMode === AccumulationMode_Enum.ACCUMULATING;
    const node = new GroupingNode(
      this.step,
      this.strategy,
      this.windowFn.windowCoder() as Coder<unknown>,
      new ValueLists(accumulates) as unknown as StageContents<SavedContents>,
      () => undefined,
    );
    node.grouping.processingTime = 0;
    return node;
  }
}

type Happening = (grouping: Grouping) => unknown;
const named = (name: string, happening: Happening): Happening =>
  Object.assign(happening, { [fc.toStringMethod]: () => name });

const element = fc.record({ key: fc.constantFrom('a', 'b'), at: fc.nat(4000) });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(element, { minLength: 1, maxLength: 4 })
      .map((elements) => named(JSON.stringify(elements), (grouping) => grouping.add(elements))),
  },
  {
    weight: 3,
    arbitrary: fc
      .nat(5500)
      .map((watermark) => named(`watermark ${watermark}`, (grouping) => grouping.advanceTo(watermark))),
  },
  {
    weight: 2,
    arbitrary: fc.nat(100).map((ms) => named(`wait ${ms}`, (grouping) => grouping.wait(ms))),
  },
  { weight: 2, arbitrary: fc.constant(named('commit', (grouping) => grouping.commit())) },
  { weight: 1, arbitrary: fc.constant(named('restart', (grouping) => grouping.restart())) },
);

let folder: string;
let store: StateStore;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-gone-'));
  store = openState(join(folder, 'state'), { parameters: {}, steps: {} });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

let runs = 0;
describe.each(Object.keys(WINDOWS))('%s windows', (windows) => {
  describe.each(Object.keys(TRIGGERS))('%s', (trigger) => {
    test.each([
      ['discarding', 'closing if not empty', false, false],
      ['discarding', 'closing always', false, true],
      ['accumulating', 'closing if not empty', true, false],
      ['accumulating', 'closing always', true, true],
    ])('%s, %s', async (_, __, accumulates, closesAlways) => {
      const windowFn = WINDOWS[windows];
      const strategy = strategyOf(windowFn, triggerProto(TRIGGERS[trigger]), accumulates, closesAlways);
      const property = fc.asyncProperty(
        fc.array(element, { minLength: 1, maxLength: 4 }),
        fc.array(happening, { maxLength: 12 }),
        async (first, happenings) => {
          const grouping = new Grouping(`step ${runs++}`, windowFn, strategy, store);
          grouping.add(first);
          for (const happens of happenings) await happens(grouping);
          if (grouping.state.inputWatermark <= grouping.expiry) {
            grouping.advanceTo(grouping.expiry);
            await grouping.commit();
            expect(grouping.state.size).toBeGreaterThan(0);
            expect(grouping.stored('windows')).toBe(grouping.state.size);
            grouping.advanceTo(grouping.expiry + 1);
          }
          await grouping.commit();
          expect(grouping.state.size).toBe(0);
          expect([grouping.stored('windows'), grouping.stored('contents')]).toEqual([0, 0]);
          // Neither a hold nor a timer at any instant keeps the output watermark from the end of time.
          expect(grouping.state.nextOutputWatermark).toBe(grouping.state.inputWatermark);
          grouping.state.inputWatermark = MAX_INSTANT;
          expect(grouping.state.nextOutputWatermark).toBe(MAX_INSTANT);
          expect(grouping.wait(DELAY + 1)).toBe(0);
          expect(grouping.state.nextProcessingTimer).toBe(Number.POSITIVE_INFINITY);
        },
      );
      await fc.assert(property, { numRuns: 8, seed: 1 });
    });
  });
});

test('a session that begins closed goes, too', () => {
  const strategy = strategyOf(WINDOWS.sessions, triggerProto(TRIGGERS['end of window']), false, false);
  const grouping = new Grouping(`step ${runs++}`, WINDOWS.sessions, strategy, store);
  grouping.add([{ key: 'a', at: 0 }]);
  grouping.advanceTo(301);
  grouping.add([
    { key: 'a', at: 0 },
    { key: 'a', at: 1 },
  ]);
  grouping.advanceTo(grouping.expiry + 1);
  expect(grouping.state.size).toBe(0);
});
