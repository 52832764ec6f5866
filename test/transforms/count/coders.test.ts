/** Rollups and their cells come through their coders as they were: all names, all counts, all sums. */
import { Context } from 'apache-beam/coders/coders';
import fc from 'fast-check';
import { CellSums, Cells } from '../../../transforms/count/cells';
import { decodeCells, encodeCells } from '../../../transforms/count/cells_codec';
import { RollupCoder } from '../../../transforms/count/coders';
import type { Rollup } from '../../../transforms/count/rollup';
import type { SourcedRollup } from '../../../transforms/merge/merge_fn';
import { SourcesCoder } from '../../../transforms/merge/sources_coder';
import { throughCoder } from '../merge_trees';
import { cellsByName } from '../records';

const MAX = Number.MAX_SAFE_INTEGER;
/** Text that has a UTF-8 form: no lone surrogates. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('', '__proto__', '\ufeff', 'a\0b', 'Ж', '𝒜', '👩‍👩‍👧', '"', 'x'.repeat(3000)),
);
const total = fc.integer({ min: 0, max: MAX });
const revenue = fc.oneof(
  fc.bigInt(0n, 2n ** 53n + 5n),
  fc.bigInt(2n ** 53n - 5n, 2n ** 53n + 5n),
  fc.bigInt(0n, 2n ** 100n),
);
const cells: fc.Arbitrary<Cells> = fc
  .uniqueArray(fc.tuple(name, fc.tuple(total, total, total, total), revenue), {
    selector: ([text]) => text,
    maxLength: 8,
  })
  .map((all) =>
    Cells.of(
      all.map(([text]) => text),
      all.flatMap(([, counts]) => counts),
      all.map(([, , sum]) => sum),
    ),
  );

function revenues(each: Cells): bigint[] {
  return each.names.map((_, cell) => each.revenue(cell));
}

const rollup: fc.Arbitrary<SourcedRollup> = fc.record({
  source: name,
  revision: total,
  absorbed: total,
  counted: total,
  brands: cells,
  categories: cells,
  priceBands: cells,
});

function plain<T extends Rollup>(value: T): object {
  const { brands, categories, priceBands, ...rest } = value;
  return {
    ...rest,
    cells: [brands, categories, priceBands].map((each) => [
      each.names,
      Array.from(each.counts.subarray(0, 4 * each.size)),
      revenues(each),
    ]),
  };
}

test('cells, at any place in memory', () => {
  fc.assert(
    fc.property(cells, fc.nat({ max: 9 }), (before, offset) => {
      const bytes = encodeCells(before);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      const after = decodeCells(moved.subarray(offset));
      expect(after.names).toEqual(before.names);
      expect(Array.from(after.counts)).toEqual(Array.from(before.counts.subarray(0, 4 * before.size)));
      expect(revenues(after)).toEqual(revenues(before));
    }),
    { numRuns: 500 },
  );
});

test('no cells', () => {
  expect(decodeCells(encodeCells(Cells.of([], [], []))).size).toBe(0);
});

test('rollups, one behind the other', () => {
  fc.assert(
    fc.property(rollup, fc.constantFrom(Context.needsDelimiters, Context.wholeStream), (before, context) => {
      expect(plain(throughCoder(new RollupCoder<SourcedRollup>(), before, context))).toEqual(plain(before));
    }),
    { numRuns: 200 },
  );
});

test('merges under way', () => {
  const sources = fc.uniqueArray(rollup, { selector: ({ source }) => source, maxLength: 4 });
  fc.assert(
    fc.property(sources, (all) => {
      const before = new Map(all.map((each) => [each.source, each]));
      const after = throughCoder(new SourcesCoder(), before);
      expect([...after].map(([key, value]) => [key, plain(value)])).toEqual(
        [...before].map(([key, value]) => [key, plain(value)]),
      );
    }),
    { numRuns: 100 },
  );
});

test('cells add up by name, in any order, exactly', () => {
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 4 }), (all) => {
      const sum = (parts: Cells[]) => {
        const sums = new CellSums();
        for (const part of parts) sums.add(part);
        const total = sums.cells();
        return Object.fromEntries(total.names.map((text, cell) => [`:${text}`, total.revenue(cell)]));
      };
      expect(sum(all.toReversed())).toEqual(sum(all));
      const everything = Object.values(sum(all)).reduce((total, each) => total + each, 0n);
      expect(everything).toBe(all.flatMap(revenues).reduce((total, each) => total + each, 0n));
    }),
    { numRuns: 200 },
  );
  const sums = new CellSums();
  sums.add(Cells.of(['a', '__proto__'], [1, 2, 3, 4, 5, 6, 7, 8], [1n, 2n]));
  sums.add(Cells.of(['__proto__'], [1, 1, 1, 1], [2n ** 70n]));
  expect(cellsByName(sums.cells())).toEqual({ ':a': '1,2,3,4;1', ':__proto__': `6,7,8,9;${2n ** 70n + 2n}` });
});
