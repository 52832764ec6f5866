/** Hours of brands as their merge gives them out, for tests of baselines. */
import fc from 'fast-check';
import type { HourBrands } from '../../../transforms/baseline/baseline_fn';
import { Cells } from '../../../transforms/count/cells';
import { START } from '../records';

const NAMES = ['a', 'b', '__proto__', 'Ж'];

/** Digests of some hours of three days, each with a few panes that grow. */
export const digests = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 8 }).chain((hours) =>
  fc.tuple(
    ...hours.map((hour) =>
      fc
        .array(
          fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 9 }), fc.bigInt(0n, 2n ** 60n)), {
            maxLength: NAMES.length,
          }),
          {
            minLength: 1,
            maxLength: 3,
          },
        )
        .map((panes) =>
          panes.map(
            (brands, revision): HourBrands => ({
              hour: START + hour * 3_600_000,
              revision,
              brands: Cells.of(
                NAMES.slice(0, brands.length),
                brands.flatMap(([views, purchases]) => [views, 1, 0, purchases]),
                brands.map(([, , revenue]) => revenue),
              ),
            }),
          ),
        ),
    ),
  ),
);
