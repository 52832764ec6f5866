/** What the funnel counts on Flink is what it counts on the local runner, counter by counter. */
import { describeWithFlink } from '../../emulators/flink';
import { expectSameCounters } from './funnel_counters';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);
jest.setTimeout(120_000);

describeWithFlink('counters on Flink', (flink) => {
  test('are the local runner’s', () => expectSameCounters('flink', flink().endpoint));
});
