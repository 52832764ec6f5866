/** The baseline does not depend on the order in which hours come, to the last bit: sums run in hour order. */
import fc from 'fast-check';
import { BuildBaseline, type HourBrands } from '../../../transforms/baseline/baseline_fn';
import { HourBrandsCoder } from '../../../transforms/baseline/hour_brands_coder';
import { Cells } from '../../../transforms/count/cells';
import { combineByTree, mergeSteps, regrouped, throughCoder } from '../merge_trees';
import { cellsByName, START } from '../records';
import { digests } from './digests';

test('in any order, with panes repeated or lost but the last: bit for bit the same', () => {
  const fn = new BuildBaseline(10);
  const cases = digests.chain((hours) => {
    const last = hours.flatMap((panes) => panes.slice(-1));
    return fc.tuple(
      fc.constant(last),
      fc.subarray(hours.flat()).chain((some) => regrouped([...last, ...some])),
    );
  });
  fc.assert(
    fc.property(cases, mergeSteps, ([last, groups], steps) => {
      const inOrder = last.toSorted((a, b) => a.hour - b.hour);
      const expected = fn.extractOutput(
        inOrder.reduce((all, each) => fn.addInput(all, each), fn.createAccumulator()),
      );
      const found = fn.extractOutput(combineByTree(fn, groups, steps));
      const sorted = (value: typeof found) =>
        JSON.stringify({ ...value, brands: Object.entries(value.brands).sort() });
      expect(sorted(found)).toBe(sorted(expected));
    }),
    { numRuns: 200 },
  );
});

test('digests come through their coder', () => {
  fc.assert(
    fc.property(digests, (hours) => {
      for (const digest of hours.flat()) {
        const decoded = throughCoder(new HourBrandsCoder(), digest);
        expect({ ...decoded, brands: cellsByName(decoded.brands) }).toEqual({
          ...digest,
          brands: cellsByName(digest.brands),
        });
      }
    }),
    { numRuns: 100 },
  );
});

test('an hour counts from the least number of views, and one without views never does', () => {
  const hour = (views: number): HourBrands => ({
    ...{ hour: START, revision: 1 },
    brands: Cells.of(['a'], [views, 0, 0, 1], [1n]),
  });
  const brands = (views: number, least: number) => {
    const fn = new BuildBaseline(least);
    return Object.keys(fn.extractOutput(fn.addInput(fn.createAccumulator(), hour(views))).brands);
  };
  expect(brands(10, 10)).toEqual(['a']);
  expect(brands(9, 10)).toEqual([]);
  expect(brands(0, 0)).toEqual([]);
  expect(brands(1, 0)).toEqual(['a']);
});
