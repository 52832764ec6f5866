/** Small graphs on Flink, in batch and as a stream: what comes out is what comes out of the local runner, and so are the counters. */
import { describeWithFlink } from '../../emulators/flink';
import type { Line } from '../graphs';
import { expectSame, GRAPHS } from './small_graphs';

jest.setTimeout(120_000);

/** Flink's batch knows no triggers: what is grouped there has one pane, which it does not name. */
const unnamed = (line: Line): Line => ({ ...line, pane: line.pane.replace('ON_TIME', 'UNKNOWN') });

describeWithFlink('Flink', (flink) => {
  test.each(Object.keys(GRAPHS))('%s', (name) => expectSame(flink().endpoint, GRAPHS[name], {}, unnamed));

  test.each(Object.keys(GRAPHS))('%s, as a stream', (name) =>
    expectSame(flink().endpoint, GRAPHS[name], { options: { streaming: true, parallelism: 1 } }),
  );
});
