/** The ledger says the same of the same entries in any order, and whatever is missing shows. */
import fc from 'fast-check';
import type { LedgerRow } from '../../../schema/tables';
import { CheckLedger, LedgerError, NoEventsError } from '../../../transforms/ledger/check_ledger';
import { BalanceLedger, EnterTally, type LedgerEntry } from '../../../transforms/ledger/ledger_fn';
import { JoinDays } from '../../../transforms/ledger/whole_ledger';
import type { Tally } from '../../../transforms/parse/tally';
import { combineByTree, mergeSteps, regrouped } from '../merge_trees';

const fn = new BalanceLedger('runner');
const HOUR = Date.UTC(2019, 9, 1) / 3_600_000;

const amount = fc.nat({ max: 5 });
/** Of two days. */
const hour = fc.integer({ min: HOUR - 1, max: HOUR + 1 });
const tally = fc
  .record({
    hours: fc.array(
      fc
        .tuple(hour, amount, amount)
        .map(([at, kept, rejected]): [number, number, number] => [at, kept + rejected, rejected]),
      { maxLength: 3 },
    ),
    unknown: amount.map((rejected): [number, number] => [rejected, rejected]),
  })
  .map(({ hours, unknown }): LedgerEntry => ({ tally: { hours, unknown, redriven: [], currencies: [] } }));
/** Of one hour, a count with one (revision, absorbed) is one and the same. */
const count = fc.tuple(hour, amount, amount).map(
  ([at, revision, repeated]): LedgerEntry => ({
    count: { hour: at, revision, absorbed: revision + repeated, counted: Math.ceil(revision / 2) },
  }),
);
const entries = fc.array(fc.oneof(tally, count), { maxLength: 12 });

function total(all: readonly LedgerEntry[]): LedgerRow[] {
  return fn.extractOutput(all.reduce((ledger, entry) => fn.addInput(ledger, entry), fn.createAccumulator()));
}

/** By the obvious loops. */
function plainRows(all: readonly LedgerEntry[]): object[] {
  const tallies = all.flatMap((entry) => ('tally' in entry ? [entry.tally] : []));
  const counts = all.flatMap((entry) => ('count' in entry ? [entry.count] : []));
  const hours = [
    ...new Set([
      ...tallies.flatMap((each) => each.hours.map(([at]) => at)),
      ...counts.map((each) => each.hour),
    ]),
  ];
  const rows: object[] = hours.sort().map((at) => {
    const lines = tallies.flatMap((each) => each.hours).filter(([of]) => of === at);
    const read = lines.reduce((sum, line) => sum + line[1], 0);
    const rejected = lines.reduce((sum, line) => sum + line[2], 0);
    const [fullest] = counts
      .filter((each) => each.hour === at)
      .sort((a, b) => b.revision - a.revision || b.absorbed - a.absorbed);
    const { absorbed, counted } = fullest ?? { absorbed: 0, counted: 0 };
    const bucket = `${new Date(at * 3_600_000).toISOString().slice(0, 13)}:00:00Z`;
    const start = at * 3_600_000;
    return {
      bucket,
      window_start: start,
      read,
      rejected,
      counted,
      duplicates: absorbed - counted,
      unaccounted: read - rejected - absorbed,
    };
  });
  const unknown = tallies.reduce((sum, each) => sum + each.unknown[0], 0);
  const none = {
    bucket: 'unknown',
    window_start: null,
    read: unknown,
    rejected: unknown,
    counted: 0,
    duplicates: 0,
    unaccounted: 0,
  };
  return unknown > 0 ? [...rows, none] : rows;
}

test('entries in any order, by any tree of merges', () => {
  const cases = entries.chain((all) => fc.tuple(fc.constant(all), regrouped(all)));
  fc.assert(
    fc.property(cases, mergeSteps, ([all, groups], steps) => {
      const rows = fn.extractOutput(combineByTree(fn, groups, steps));
      expect(rows).toMatchObject(plainRows(all));
      expect(rows).toHaveLength(plainRows(all).length);
    }),
    { numRuns: 500 },
  );
});

test('by the day, and then together: the same rows as at once', () => {
  const enter = new EnterTally();
  fc.assert(
    fc.property(fc.array(tally, { minLength: 1, maxLength: 6 }), (all) => {
      const days = new Map<string, LedgerEntry[]>();
      for (const entry of all)
        for (const { key, value } of enter.process((entry as { tally: Tally }).tally))
          days.set(key, [...(days.get(key) ?? []), value]);
      const rows = [...days].map(([key, entries]) => {
        const ofDay = total(entries);
        for (const { bucket } of ofDay) expect(bucket === 'unknown' ? bucket : bucket.slice(0, 10)).toBe(key);
        return ofDay;
      });
      const together = new JoinDays().process({ key: '', value: rows.reverse() });
      expect([...together]).toEqual([total(all)]);
    }),
  );
});

test('a range without records is entered, so that there is a ledger, of no rows', () => {
  const none: Tally = { hours: [], unknown: [0, 0], redriven: [], currencies: ['EUR'] };
  const entered = [...new EnterTally().process(none)];
  expect(entered).toHaveLength(1);
  expect(total(entered.map(({ value }) => value))).toEqual([]);
});

describe('the check', () => {
  const check = (all: readonly LedgerEntry[]) => [...new CheckLedger('in.csv').process(total(all))];
  const read = (at: number, records: number, rejected = 0): LedgerEntry => ({
    tally: { hours: [[at, records, rejected]], unknown: [0, 0], redriven: [], currencies: [] },
  });
  const counted = (at: number, absorbed: number, distinct = absorbed): LedgerEntry => ({
    count: { hour: at, revision: distinct, absorbed, counted: distinct },
  });

  test('passes what balances on', () => {
    expect(check([read(HOUR, 5, 2), counted(HOUR, 3, 2)])).toEqual([
      total([read(HOUR, 5, 2), counted(HOUR, 3, 2)]),
    ]);
  });
  test('names the hours that lack records, and those that have too many', () => {
    const all = [
      read(HOUR, 5),
      counted(HOUR, 3),
      read(HOUR + 1, 1),
      counted(HOUR + 1, 1),
      counted(HOUR + 2, 4),
    ];
    expect(() => check(all)).toThrow(LedgerError);
    expect(() => check(all)).toThrow('2019-10-01T00:00:00Z (2), 2019-10-01T02:00:00Z (-4)');
    expect(new LedgerError('').exitCode).toBe(1);
  });
  test('names five hours of many', () => {
    expect(() => check(Array.from({ length: 7 }, (_, at) => read(HOUR + at, 1)))).toThrow(
      '04:00:00Z (1) and 2 more',
    );
  });
  test('an input without records is no run', () => {
    expect(() => check([])).toThrow(NoEventsError);
    expect(() => check([{ tally: { hours: [], unknown: [0, 0], redriven: [], currencies: [] } }])).toThrow(
      'no events in in.csv',
    );
  });
});

test('a dead letter that was sent again counts once, however often it was', () => {
  const again = (at: number | null, identity: string): LedgerEntry => ({
    tally: {
      hours: at === null ? [] : [[at, 1, 0]],
      unknown: at === null ? [1, 1] : [0, 0],
      redriven: [[at, identity]],
      currencies: [],
    },
  });
  const rows = total([
    again(HOUR, 'a'),
    again(HOUR, 'a'),
    again(HOUR, 'b'),
    again(null, 'c'),
    again(null, 'c'),
  ]);
  expect(rows).toMatchObject([
    { read: 3, redriven: 2 },
    { bucket: 'unknown', read: 2, rejected: 2, redriven: 1 },
  ]);
});
