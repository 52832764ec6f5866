/** Small graphs on Prism: what comes out is what comes out of the local runner, and so are the counters. */
import { groupByKey, withName } from '../../../beam/sdk';
import { Sessions } from '../../../beam/windows';
import { describeWithPrism } from '../../emulators/prism';
import { collect, type Line, runLocal } from '../graphs';
import { type Build, expectSame, GRAPHS, runOn, sums, windowed } from './small_graphs';

describeWithPrism('Prism', (prism) => {
  test.each(Object.keys(GRAPHS))('%s', (name) => expectSame(prism().endpoint, GRAPHS[name]));

  test('groups in sessions', async () => {
    // Prism merges sessions that only touch, too, and calls the one pane of merged ones early.
    const build: Build = (root, file) => {
      const texts = ['a 1 0', 'a 2 999', 'a 3 5000', 'b 4 5', 'a 5 -700'];
      const groups = windowed(root, new Sessions(1000), texts).apply(withName('Group', groupByKey()));
      collect(groups as never, 'Collect', file);
    };
    const what = ({ value, window, timestamp }: Line) => ({ value, window, timestamp });
    const { lines } = await runOn(prism().endpoint, build);
    expect(lines.map(what)).toEqual((await runLocal(build)).lines.map(what));
  });

  test('a combine that the runner lifts', async () => {
    const { lines } = await runOn(prism().endpoint, sums, { liftCombines: true });
    expect(lines).toEqual((await runLocal(sums)).lines);
  });
});
