/** Verdicts on an hour's brands: the latest counts, and what was ever open is told again as retracted. */
import fc from 'fast-check';
import type { AnomalyRow } from '../../../schema/tables';
import { compareVerdicts, LatestVerdicts } from '../../../transforms/anomalies/verdict_fn';
import { combineByTree, mergeSteps, regrouped } from '../merge_trees';
import { START } from '../records';

const fn = new LatestVerdicts();

function row(change: Partial<AnomalyRow>): AnomalyRow {
  const isOpen = change.status === 'open';
  return {
    ...{ window_start: START, window_end: START + 3_600_000, window_date: '2019-10-01', hour_of_day: 10 },
    ...{ brand: 'a', detector: 'zscore', status: 'open', anomaly_type: isOpen ? 'drop' : null },
    ...{ is_drop_anomaly: isOpen, is_spike_anomaly: false, z_brand: isOpen ? -2.5 : 0.1, z_brand_hour: 0 },
    ...{ conv_mean_brand: 0.25, conv_std_brand: 0.01, n_brand: 3, conv_mean_brand_hour: null },
    ...{ conv_std_brand_hour: null, n_brand_hour: 0, expected_purchases: 12.5, revenue_at_risk: 2n ** 60n },
    ...{ baseline: 'trailing', baseline_through: null, views: 50, carts: 1, removals: 0, purchases: 3 },
    ...{ revenue: 30_000n, view_to_cart_rate: 0.02, cart_to_purchase_rate: 3, conversion_rate: 0.06 },
    ...{ pane: 'on_time', revision: 54, computed_at: START },
    ...change,
  };
}

const verdict = fc
  .record({
    brand: fc.constantFrom('a', 'b', '__proto__'),
    status: fc.constantFrom('open', 'retracted'),
    revision: fc.nat({ max: 3 }),
    baseline_through: fc.constantFrom(null, START - 86_400_000, START),
    pane: fc.constantFrom('on_time', 'late'),
    views: fc.constantFrom(50, 51),
  })
  .map(row);
/** One pane: a row a brand. */
const pane = fc.uniqueArray(verdict, { selector: ({ brand }) => brand, maxLength: 3 });
const panes = fc.array(pane, { maxLength: 8 });

/** By the obvious loops. */
function plainVerdicts(rows: readonly AnomalyRow[]): AnomalyRow[] {
  const brands = [...new Set(rows.map(({ brand }) => brand))].sort();
  return brands.flatMap((brand) => {
    const ofBrand = rows.filter((each) => each.brand === brand);
    const text = (each: AnomalyRow) =>
      JSON.stringify(each, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    const [latest] = ofBrand.toSorted(
      (a, b) =>
        b.revision - a.revision ||
        (b.baseline_through ?? 0) - (a.baseline_through ?? 0) ||
        Number(b.pane === 'late') - Number(a.pane === 'late') ||
        Buffer.compare(Buffer.from(text(b)), Buffer.from(text(a))),
    );
    return ofBrand.some(({ status }) => status === 'open') ? [latest] : [];
  });
}

const byBrand = (rows: AnomalyRow[]) => rows.toSorted((a, b) => (a.brand < b.brand ? -1 : 1));

test('panes in any order, repeated, by any tree of merges: the latest verdict, if one was ever open', () => {
  const cases = fc
    .tuple(panes, fc.nat({ max: 3 }))
    .chain(([all, repeated]) => fc.tuple(fc.constant(all), regrouped([...all, ...all.slice(0, repeated)])));
  fc.assert(
    fc.property(cases, mergeSteps, ([all, groups], steps) => {
      const rows = fn.extractOutput(combineByTree(fn, groups, steps));
      expect(byBrand(rows)).toEqual(plainVerdicts(all.flat()));
    }),
    { numRuns: 500 },
  );
});

test('merging with itself or with nothing changes nothing', () => {
  fc.assert(
    fc.property(panes, (all) => {
      const verdicts = all.reduce((sum, each) => fn.addInput(sum, each), fn.createAccumulator());
      const rows = byBrand(fn.extractOutput(verdicts));
      expect(byBrand(fn.extractOutput(fn.mergeAccumulators([verdicts, verdicts])))).toEqual(rows);
      expect(byBrand(fn.extractOutput(fn.mergeAccumulators([fn.createAccumulator(), verdicts])))).toEqual(
        rows,
      );
    }),
  );
});

test('verdicts are in a total order', () => {
  fc.assert(
    fc.property(verdict, verdict, verdict, (a, b, c) => {
      expect(Math.sign(compareVerdicts(a, b))).toBe(-Math.sign(compareVerdicts(b, a)) + 0);
      expect(compareVerdicts(a, a)).toBe(0);
      if (compareVerdicts(a, b) <= 0 && compareVerdicts(b, c) <= 0)
        expect(compareVerdicts(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

describe('healing', () => {
  const open = row({ revision: 1, status: 'open' });
  const healed = row({ revision: 2, status: 'retracted', pane: 'late', views: 60 });
  const total = (...inputs: AnomalyRow[][]) =>
    fn.extractOutput(inputs.reduce((sum, each) => fn.addInput(sum, each), fn.createAccumulator()));

  test('an anomaly that later data explains is told again as retracted', () => {
    expect(total([open], [healed])).toEqual([healed]);
  });
  test('also when the pane that explains it comes first', () => {
    expect(total([healed], [open])).toEqual([healed]);
  });
  test('and it opens again', () => {
    const again = row({ revision: 3, status: 'open', pane: 'late' });
    expect(total([again], [open], [healed])).toEqual([again]);
  });
  test('what was never open is not told', () => {
    expect(total([healed])).toEqual([]);
  });
  test('a later baseline outweighs the pane, a fuller hour outweighs both', () => {
    const later = row({ revision: 1, baseline_through: START, status: 'open' });
    const late = row({ revision: 1, baseline_through: null, status: 'open', pane: 'late' });
    expect(total([late], [later])).toEqual([later]);
    expect(total([later], [healed])).toEqual([healed]);
  });
});
