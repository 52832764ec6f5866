import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import { JsonCoder } from '../../beam/json_coder';
import { type WindowContext, windowStart } from '../context';
import { COUNTS, PURCHASE } from '../count/cells';
import type { Rollup } from '../count/rollup';
import { type Baseline, type BrandHour, buildBaseline } from './baseline';

/** What an hour adds to the baseline. */
export interface HourDigest {
  readonly hour: number;
  readonly revision: number;
  readonly brands: Omit<BrandHour, 'hour'>[];
}

/** Merged hour → its digest: the brands with views enough to count. */
export class DigestHour {
  constructor(readonly minViews: number) {}

  *process(rollup: Rollup, context: WindowContext): Generator<{ key: string; value: HourDigest }> {
    const { names, counts, revenue } = rollup.brands;
    const brands = names.flatMap((brand, cell) => {
      const views = counts[cell * COUNTS];
      return views < Math.max(this.minViews, 1)
        ? []
        : [{ brand, views, purchases: counts[cell * COUNTS + PURCHASE], revenue: String(revenue[cell]) }];
    });
    yield {
      key: '',
      value: { hour: windowStart(context.window.lookup()), revision: rollup.revision, brands },
    };
  }
}

type Digests = HourDigest[];

/** Digests of all hours → the baseline over them. Of an hour's digests the one with the largest revision counts. */
export class BuildBaseline implements KeyedCombineFn<HourDigest, Digests, Baseline> {
  constructor(
    readonly name: Baseline['name'],
    readonly minViews: number,
  ) {}

  createAccumulator(): Digests {
    return [];
  }

  addInput(digests: Digests, digest: HourDigest): Digests {
    digests.push(digest);
    return digests;
  }

  mergeAccumulators(all: Iterable<Digests>): Digests {
    return [...all].flat();
  }

  extractOutput(digests: Digests): Baseline {
    const latest = new Map<number, HourDigest>();
    for (const digest of digests) {
      const known = latest.get(digest.hour);
      if (known === undefined || digest.revision > known.revision) latest.set(digest.hour, digest);
    }
    const hours = [...latest.values()].flatMap(({ hour, brands }) =>
      brands.map((brand) => ({ ...brand, hour })),
    );
    return buildBaseline(this.name, null, hours, this.minViews);
  }

  accumulatorCoder(): Coder<Digests> {
    return new JsonCoder<Digests>();
  }
}
