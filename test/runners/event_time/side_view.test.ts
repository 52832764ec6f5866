/** A side input keeps the windows that elements may still look at, and no others. */
import type { Coder } from 'apache-beam/coders/coders';
import { IntervalWindowCoder } from 'apache-beam/coders/standard_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { IntervalWindow } from 'apache-beam/values';
import Long from 'long';
import { PrecedingWindow } from '../../../beam/preceding_window';
import { FixedWindows, SlidingWindows, type WindowFn } from '../../../beam/windows';
import { ValueEncoder } from '../../../runners/harness/bytes';
import { windowMapping } from '../../../runners/harness/window_mapping';
import { EdgeBatchBuilder } from '../../../runners/local/edge_batch_builder';
import { SideView } from '../../../runners/local/event_time/side_view';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LATENESS = 3 * HOUR;
const coder = IntervalWindowCoder.INSTANCE as Coder<unknown>;
const sliding = new SlidingWindows(7 * DAY, DAY);

function strategy(windowFn: WindowFn): runnerApi.WindowingStrategy {
  return runnerApi.WindowingStrategy.create({
    windowFn: windowFn.toProto(),
    allowedLateness: BigInt(LATENESS),
  });
}

/** Weeks that end a day before the day of an hour. */
function weeksBefore(main: WindowFn | null): SideView {
  const mapping = windowMapping(new PrecedingWindow(7 * DAY, DAY, DAY).toProto(), sliding.toProto());
  return new SideView(
    { transformId: 't', name: 'weeks' },
    null as never,
    strategy(sliding),
    coder,
    mapping,
    main === null ? null : strategy(main),
  );
}

/** A pane for the week that ends with a day, counted from 1970. */
function fill(view: SideView, day: number): void {
  const end = Long.fromNumber(day * DAY);
  const window = new ValueEncoder().latin1(coder, new IntervalWindow(end.sub(7 * DAY), end));
  const batch = new EdgeBatchBuilder();
  batch.add(batch.copy(Uint8Array.of(day)), 0, 0, 0, 0, 0);
  batch.endGroup({ key: '', window, pane: '', timestampLow: 0, timestampHigh: 0, values: 1 });
  view.update(batch.finish());
}

test('a week is kept until the last hour that is compared with it has expired', () => {
  const view = weeksBefore(new FixedWindows(HOUR));
  for (let day = 10; day <= 20; day++) fill(view, day);
  view.changes();
  // The last hour of day 11 looks at the week that ends with day 10's beginning.
  view.forget(12 * DAY + LATENESS - 1);
  expect(view.size).toBe(11);
  view.forget(12 * DAY + LATENESS);
  expect(view.size).toBe(10);
  expect(view.changes()).toMatchObject([{ value: null }]);
  view.forget(21 * DAY + LATENESS);
  expect(view.size).toBe(1);
  expect(view.changes()).toHaveLength(9);
});

test('nothing is forgotten where elements of any window may still come', () => {
  const view = weeksBefore(null);
  for (let day = 10; day <= 20; day++) fill(view, day);
  view.forget(1000 * DAY);
  expect(view.size).toBe(11);
});
