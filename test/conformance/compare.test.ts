/** The comparison itself: it lets nothing pass but what issues and quirks allow. */
import type { Case, Pane } from './case_format';
import { compare, type Observed } from './compare';
import { rowsOf } from './run_case';

const early: Pane = {
  key: 'a',
  window: [0, 60_000],
  values: [1, 2],
  timestamp: 59_999,
  timing: 'EARLY',
  index: 0,
  onTimeIndex: -1,
  isFirst: true,
  isLast: false,
  afterEvent: 1,
};
const onTime: Pane = {
  ...early,
  values: [3],
  timing: 'ON_TIME',
  index: 1,
  onTimeIndex: 0,
  isFirst: false,
  isLast: true,
  afterEvent: 3,
};
const empty: Pane = { ...onTime, values: [] };

function aCase(panes: Pane[], more: Partial<Case> = {}): Case {
  return {
    name: 'case',
    what: '',
    windowing: {
      fn: { type: 'fixed', sizeMs: 60_000 },
      trigger: { type: 'repeat', of: { type: 'elementCount', n: 2 } },
      accumulation: 'discarding',
      allowedLatenessMs: 1000,
    },
    events: [],
    expected: panes,
    droppedDueToLateness: 1,
    droppedDueToClosedWindow: 2,
    ...more,
  };
}

function seen(panes: Pane[], more: Partial<Observed> = {}): Observed {
  return {
    stages: [panes],
    sightings: [],
    droppedDueToLateness: 1,
    droppedDueToClosedWindow: 2,
    ...more,
  };
}

const problems = (c: Case, observed: Observed) => compare(c, observed).problems;

test('the same panes in any order are the same', () => {
  expect(compare(aCase([early, onTime]), seen([onTime, early]))).toEqual({
    problems: [],
    misplaced: [],
    allowances: [],
  });
});

test.each<[string, Partial<Pane>]>([
  ['key', { key: 'b' }],
  ['window', { window: [0, 60_001] }],
  ['window', { window: 'global' }],
  ['values', { values: [1] }],
  ['values', { values: [1, 2, 2] }],
  ['values', { values: [1, 3] }],
  ['timestamp', { timestamp: 59_998 }],
  ['timestamp', { timestamp: 'GLOBAL_END' }],
  ['timing', { timing: 'LATE' }],
  ['index', { index: 5 }],
  ['onTimeIndex', { onTimeIndex: 0 }],
  ['isFirst', { isFirst: false }],
  ['isLast', { isLast: true }],
])('another %s is a difference', (field, change) => {
  const found = problems(aCase([early]), seen([{ ...early, ...change }]));
  expect(found).toEqual([expect.stringMatching(new RegExp(`^${field}: `))]);
});

test('a pane too few, too many, or twice is a difference', () => {
  expect(problems(aCase([early, onTime]), seen([early]))).toEqual([expect.stringMatching(/^missing: /)]);
  expect(problems(aCase([early]), seen([early, onTime]))).toEqual([expect.stringMatching(/^too much: /)]);
  expect(problems(aCase([early]), seen([early, early]))).toEqual([expect.stringMatching(/^too much: /)]);
  expect(problems(aCase([early]), seen([]))).toHaveLength(1);
  expect(problems(aCase([early]), seen([], { stages: [] }))).not.toEqual([]);
});

test('another dropped count is a difference', () => {
  expect(problems(aCase([early]), seen([early], { droppedDueToLateness: 0 }))).toHaveLength(1);
  expect(problems(aCase([early]), seen([early], { droppedDueToClosedWindow: 3 }))).toHaveLength(1);
});

test('every stage of a pipeline counts', () => {
  const { expected: _, ...rest } = aCase([]);
  const c: Case = { ...rest, kind: 'pipeline', expectedStages: [[early], [onTime]] };
  expect(problems(c, seen([], { stages: [[early], [onTime]] }))).toEqual([]);
  expect(problems(c, seen([], { stages: [[early], []] }))).toEqual([
    expect.stringMatching(/^stage 1: missing/),
  ]);
});

test('what is seen of a side input counts', () => {
  const sighting = { key: 'a', value: 1, window: 'global', timestamp: 5, side: { x: [1], y: [2] } } as const;
  const c = aCase([], { kind: 'sideInput', expected: [sighting] });
  const withSide = (side: unknown) => seen([], { stages: [], sightings: [{ ...sighting, side }] });
  expect(problems(c, withSide({ y: [2], x: [1] }))).toEqual([]);
  expect(problems(c, withSide({ x: [1] }))).toEqual([expect.stringMatching(/^side: /)]);
  expect(problems(c, withSide(undefined))).toHaveLength(1);
});

test('another event is told apart from a difference', () => {
  const later = compare(aCase([early]), seen([{ ...early, afterEvent: 2 }]));
  expect(later.problems).toEqual([]);
  expect(later.misplaced).toHaveLength(1);
  const { afterEvent: _, ...unmarked } = early;
  expect(compare(aCase([early]), seen([unmarked])).misplaced).toEqual([]);
});

describe('a race of Java', () => {
  const raced = { unstable: 'two keys' };
  const late: Pane = { ...onTime, timing: 'LATE' };

  test('lets LATE pass for ON_TIME, not the other way round, and nothing else', () => {
    expect(problems(aCase([early, onTime], raced), seen([early, late]))).toEqual([]);
    expect(problems(aCase([early, onTime]), seen([early, late]))).toHaveLength(1);
    expect(problems(aCase([early, late], raced), seen([early, onTime]))).toHaveLength(1);
    expect(problems(aCase([early, onTime], raced), seen([early, { ...late, values: [4] }]))).toHaveLength(1);
    expect(
      problems(aCase([early, onTime], raced), seen([{ ...early, timing: 'LATE' }, onTime])),
    ).toHaveLength(1);
  });

  test('lets an empty on-time pane be missing, not one with values', () => {
    const after: Pane = { ...onTime, timing: 'LATE', index: 2, onTimeIndex: 1 };
    const without: Pane = { ...after, index: 1, onTimeIndex: 0 };
    const between: Pane = { ...empty, isLast: false };
    expect(problems(aCase([early, between, after], raced), seen([early, without]))).toEqual([]);
    expect(problems(aCase([early, between, after]), seen([early, without]))).not.toEqual([]);
    expect(problems(aCase([early, onTime], raced), seen([early]))).toHaveLength(1);
  });
});

describe('an empty on-time pane that another timer brings', () => {
  const quirk = { quirks: ['empty-on-time-by-another-timer' as const] };

  test('may be there or not', () => {
    expect(problems(aCase([early, empty], quirk), seen([early]))).toEqual([]);
    expect(problems(aCase([early], quirk), seen([early, empty]))).toEqual([]);
    expect(problems(aCase([early, empty]), seen([early]))).toHaveLength(1);
  });

  test('repeats the values where panes accumulate', () => {
    const repeated: Pane = { ...onTime, values: early.values };
    const windowing = { ...aCase([]).windowing, accumulation: 'accumulating' as const };
    expect(problems(aCase([early, repeated], { ...quirk, windowing }), seen([early]))).toEqual([]);
    expect(problems(aCase([early, repeated], quirk), seen([early]))).toHaveLength(1);
  });

  test('is the last one, and never the first', () => {
    expect(problems(aCase([early, { ...empty, isLast: false }], quirk), seen([early]))).toHaveLength(1);
    const alone = { ...empty, index: 0, isFirst: true };
    expect(problems(aCase([alone], quirk), seen([]))).toHaveLength(1);
  });
});

describe('where Java leaves the model', () => {
  const quirk = { quirks: ['composite-early-late-not-reset' as const], droppedDueToClosedWindow: 0 };
  const all = { ...onTime, values: [1, 2, 3], index: 0, isFirst: true };
  const none = { droppedDueToClosedWindow: 0 };

  test("the model's answer is what counts, if the case has it", () => {
    const model = { expected: [all], droppedDueToLateness: 1, droppedDueToClosedWindow: 0 };
    expect(problems(aCase([early, onTime], { ...quirk, model }), seen([all], none))).toEqual([]);
    expect(problems(aCase([early, onTime], { ...quirk, model }), seen([early, onTime], none))).not.toEqual(
      [],
    );
  });

  test('else the same values have to come out of each window', () => {
    const loose = compare(aCase([early, onTime], quirk), seen([all], none));
    expect(loose.problems).toEqual([]);
    expect(loose.allowances).toHaveLength(1);
    expect(problems(aCase([early, onTime], quirk), seen([early], none))).toHaveLength(1);
    const dropped = { ...none, droppedDueToLateness: 0 };
    expect(problems(aCase([early, onTime], quirk), seen([all], dropped))).toHaveLength(1);
    expect(problems(aCase([early, onTime]), seen([all], none))).not.toEqual([]);
  });
});

test('a line belongs to the event whose end is marked behind it', () => {
  const { afterEvent: _, ...pane } = early;
  const lines = [{ stage: 0, ...pane }, { event: 0 }, { event: 1 }, { stage: 0, ...pane }, { event: 2 }];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  expect(rowsOf(aCase([]), text).stages).toEqual([
    [
      { ...pane, afterEvent: 0 },
      { ...pane, afterEvent: 2 },
    ],
  ]);
});
