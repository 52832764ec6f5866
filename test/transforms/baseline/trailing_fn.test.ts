/** Days and weeks of a trailing baseline: the same to the last bit whatever comes in which order, and over the same hours the same as the baseline of a run. */
import fc from 'fast-check';
import { type Baseline, fullestBaseline } from '../../../transforms/baseline/baseline';
import { BuildBaseline, type HourBrands } from '../../../transforms/baseline/baseline_fn';
import { type DayDigest, DayDigestCoder, dayOf } from '../../../transforms/baseline/day_digest';
import { DigestDay, TrailingBaseline } from '../../../transforms/baseline/trailing_fn';
import { Cells } from '../../../transforms/count/cells';
import { combineByTree, mergeSteps, regrouped, throughCoder } from '../merge_trees';
import { digests } from './digests';

const [days, weeks] = [new DigestDay(), new TrailingBaseline(10)];
const hex = ({ block, ...digest }: DayDigest) => ({ ...digest, block: Buffer.from(block).toString('hex') });

/** The digests of the days of hours. */
function digestsOf(hours: readonly HourBrands[]): DayDigest[] {
  const starts = [...new Set(hours.map(({ hour }) => dayOf(hour)))];
  return starts.map((day) => {
    const ofDay = hours.filter(({ hour }) => dayOf(hour) === day);
    return days.extractOutput(
      ofDay.reduce((all, hour) => days.addInput(all, hour), days.createAccumulator()),
    );
  });
}

test('a day: in any order, with panes repeated or lost but the last, the same digest', () => {
  const cases = digests.chain((all) => {
    const ofDay = all.filter(([{ hour }]) => dayOf(hour) === dayOf(all[0]?.[0].hour ?? 0));
    const last = ofDay.flatMap((panes) => panes.slice(-1));
    return fc.tuple(
      fc.constant(last),
      fc.subarray(ofDay.flat()).chain((some) => regrouped([...last, ...some])),
    );
  });
  fc.assert(
    fc.property(cases, mergeSteps, ([last, groups], steps) => {
      const found = days.extractOutput(combineByTree(days, groups, steps));
      expect(hex(found)).toEqual(hex(days.extractOutput(last)));
      expect(found.revision).toBe(last.reduce((sum, { revision }) => sum + revision + 1, 0));
    }),
    { numRuns: 200 },
  );
});

test('weeks: of each day the fullest digest, never two; the baseline is that of a run of these hours', () => {
  const cases = digests.chain((all) => {
    const last = all.flatMap((panes) => panes.slice(-1));
    // What a day was when some of its hours were not there yet, or not full.
    const earlier = fc
      .array(fc.tuple(...all.map((panes) => fc.constantFrom(null, ...panes))))
      .map((pasts) => pasts.flatMap((past) => digestsOf(past.filter((hour) => hour !== null))));
    return earlier
      .chain((some) => regrouped([...digestsOf(last), ...some]))
      .map((groups) => [last, groups] as const);
  });
  const run = new BuildBaseline(10);
  const brands = (baseline: Baseline) => JSON.stringify(Object.entries(baseline.brands).sort());
  fc.assert(
    fc.property(cases, mergeSteps, ([last, groups], steps) => {
      const found = weeks.extractOutput(combineByTree(weeks, groups, steps));
      expect(brands(found)).toBe(brands(run.extractOutput([...last])));
    }),
    { numRuns: 200 },
  );
});

test('a digest comes through its coder, and its hours out of its bytes', () => {
  fc.assert(
    fc.property(digests, (all) => {
      const last = all.flatMap((panes) => panes.slice(-1));
      for (const digest of digestsOf(last)) {
        const decoded = throughCoder(new DayDigestCoder(), digest);
        expect(hex(decoded)).toEqual(hex(digest));
        const ofDay = last.filter(({ hour }) => dayOf(hour) === digest.day);
        const everyHour = new TrailingBaseline(0).extractOutput([decoded]).brands;
        expect(everyHour).toEqual(new BuildBaseline(0).extractOutput(ofDay).brands);
      }
    }),
    { numRuns: 100 },
  );
});

test('counts and money of any size', () => {
  const hour: HourBrands = {
    ...{ hour: 23 * 3_600_000, revision: 1 },
    brands: Cells.of(['Ж', 'a'], [4_294_967_295, 0, 0, 7, 1, 0, 0, 0], [10n ** 22n, 2n ** 53n - 1n]),
  };
  const { brands } = weeks.extractOutput(digestsOf([hour]));
  expect(brands).toMatchObject({ Ж: { purchases: 7, revenue: '10000000000000000000000' } });
  expect(new TrailingBaseline(1).extractOutput(digestsOf([hour])).brands.a.revenue).toBe('9007199254740991');
});

test('of the panes of a baseline the one that knows most counts, whichever comes last', () => {
  const pane = (revision: number): Baseline => ({ revision, brands: {} });
  expect(fullestBaseline([pane(1), pane(3), pane(2)]).revision).toBe(3);
  expect(fullestBaseline([])).toEqual({ revision: 0, brands: {} });
});
