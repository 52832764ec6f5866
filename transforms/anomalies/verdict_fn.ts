/**
 * The last word on each hour and brand: anomalies heal when later data explains them, and what was ever open is written again as retracted, never dropped.
 */
import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import type { AnomalyRow } from '../../schema/tables';
import { VerdictsCoder } from './verdict_coders';

/** One pane's verdicts on an hour: a row a brand, open or not. */
export type HourVerdict = AnomalyRow[];

interface BrandVerdict {
  latest: AnomalyRow;
  everOpen: boolean;
}

/** By brand. */
export type Verdicts = [brand: string, verdict: BrandVerdict][];

const PANE_ORDER = ['early', 'on_time', 'late'];

/** Keeps the latest verdict per brand, and whether one was ever open; gives out the rows of those that were. */
export class LatestVerdicts implements KeyedCombineFn<HourVerdict, Verdicts, AnomalyRow[]> {
  createAccumulator(): Verdicts {
    return [];
  }

  addInput(verdicts: Verdicts, rows: HourVerdict): Verdicts {
    return join(
      verdicts,
      rows.map((row) => [row.brand, { latest: row, everOpen: row.status === 'open' }]),
    );
  }

  mergeAccumulators(all: Iterable<Verdicts>): Verdicts {
    let joined: Verdicts = [];
    for (const verdicts of all) joined = join(joined, verdicts);
    return joined;
  }

  extractOutput(verdicts: Verdicts): AnomalyRow[] {
    return verdicts.filter(([, verdict]) => verdict.everOpen).map(([, verdict]) => verdict.latest);
  }

  accumulatorCoder(): Coder<Verdicts> {
    return new VerdictsCoder();
  }
}

function join(a: Verdicts, b: Verdicts): Verdicts {
  const joined = new Map(a);
  for (const [brand, verdict] of b) {
    const known = joined.get(brand);
    if (known === undefined) {
      joined.set(brand, verdict);
    } else {
      const latest = compareVerdicts(verdict.latest, known.latest) > 0 ? verdict.latest : known.latest;
      joined.set(brand, { latest, everOpen: known.everOpen || verdict.everOpen });
    }
  }
  return [...joined];
}

/** Order of verdicts on one brand and hour: (revision, baseline_through, pane, the row's bytes). */
export function compareVerdicts(a: AnomalyRow, b: AnomalyRow): number {
  return (
    a.revision - b.revision ||
    (a.baseline_through ?? 0) - (b.baseline_through ?? 0) ||
    PANE_ORDER.indexOf(a.pane) - PANE_ORDER.indexOf(b.pane) ||
    Buffer.compare(rowBytes(a), rowBytes(b))
  );
}

function rowBytes(row: AnomalyRow): Buffer {
  return Buffer.from(
    JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
}
