/** What the funnel counts on Prism is what it counts on the local runner, counter by counter. */
import { describeWithPrism } from '../../emulators/prism';
import { expectSameCounters } from './funnel_counters';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);
jest.setTimeout(120_000);

describeWithPrism('counters on Prism', (prism) => {
  test('are the local runner’s', () => expectSameCounters('prism', prism().endpoint));
});
