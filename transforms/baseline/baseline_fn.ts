import type { Coder } from 'apache-beam/coders/coders';
import type { Instant } from 'apache-beam/values';
import Long from 'long';
import type { Keyed, KeyedCombineFn } from '../../beam/combine';
import { ListCoder } from '../../beam/list_coder';
import { type WindowContext, windowStart } from '../context';
import { Cells, COUNTS, PURCHASE } from '../count/cells';
import type { Rollup } from '../count/rollup';
import { type Baseline, BaselineBuilder } from './baseline';
import { HourBrandsCoder } from './hour_brands_coder';

/** An hour's brands, which is what baseline and scores are about. */
export interface HourBrands {
  /** Start, milliseconds since 1970. */
  readonly hour: number;
  readonly revision: number;
  readonly brands: Cells;
}

/** Merged hour → its brands. */
export class TakeBrands {
  *process({ revision, brands }: Rollup, context: WindowContext): Generator<HourBrands> {
    yield { hour: windowStart(context.window.lookup()), revision, brands };
  }
}

/** An hour's brands → those with views enough to count for a baseline. */
export class DigestHour {
  constructor(readonly minViews: number) {}

  *process({ hour, revision, brands }: HourBrands): Generator<Keyed<HourBrands>> {
    const digest = brands.select((cell) => brands.counts[cell * COUNTS] >= Math.max(this.minViews, 1));
    yield { key: '', value: { hour, revision, brands: digest } };
  }
}

/** An hour of an earlier run, as it is read from where it is kept. */
export interface HistoryHour {
  readonly hour: number;
  readonly brands: readonly {
    readonly brand: string;
    readonly views: number;
    readonly purchases: number;
    /** In ten-thousandths, as decimal text. */
    readonly revenue: string;
  }[];
}

/** Hour of an earlier run → its brands. */
export class DigestHistory {
  *process({ hour, brands }: HistoryHour): Generator<Keyed<HourBrands>> {
    const cells = Cells.of(
      brands.map(({ brand }) => brand),
      brands.flatMap(({ views, purchases }) => [views, 0, 0, purchases]),
      brands.map(({ revenue }) => BigInt(revenue)),
    );
    yield { key: '', value: { hour, revision: 0, brands: cells } };
  }
}

/** The time of an hour that comes without one: its start. */
export function hourTimestamp({ value }: Keyed<HourBrands>): Instant {
  return Long.fromNumber(value.hour);
}

type Digests = HourBrands[];

/** Digests of all hours → the baseline over them. Of an hour's digests the one with the largest revision counts. */
export class BuildBaseline implements KeyedCombineFn<HourBrands, Digests, Baseline> {
  constructor(readonly minViews: number) {}

  createAccumulator(): Digests {
    return [];
  }

  addInput(digests: Digests, digest: HourBrands): Digests {
    digests.push(digest);
    return digests;
  }

  mergeAccumulators(all: Iterable<Digests>): Digests {
    return [...all].flat();
  }

  extractOutput(digests: Digests): Baseline {
    const latest = new Map<number, HourBrands>();
    for (const digest of digests) {
      const known = latest.get(digest.hour);
      if (known === undefined || digest.revision > known.revision) latest.set(digest.hour, digest);
    }
    const baseline = new BaselineBuilder(this.minViews);
    let revision = 0;
    for (const { hour, revision: ofHour, brands } of latest.values()) {
      revision += ofHour;
      for (let cell = 0; cell < brands.size; cell++) {
        const at = cell * COUNTS;
        baseline
          .brand(brands.names[cell])
          .add(hour, brands.counts[at], brands.counts[at + PURCHASE], brands.money(cell));
      }
    }
    return baseline.baseline(revision);
  }

  accumulatorCoder(): Coder<Digests> {
    return new ListCoder<HourBrands>(new HourBrandsCoder());
  }
}
