/** Only the refusal of the right step, for the right reason, passes a case. */

import type { Case } from './case_format';
import { judgeRefusal, refusalOf, refusedByName } from './refusals';
import { CannotSay } from './strategies';

const unsafe: Case = {
  name: 'refused',
  what: '',
  windowing: { fn: { type: 'fixed', sizeMs: 1000 }, trigger: { type: 'elementCount', n: 1 } },
  events: [],
  expectedError: {
    phase: 'construction',
    class: 'java.lang.IllegalArgumentException',
    message: 'Unsafe trigger',
  },
};

function thrown(name: string, step: string, message: string): Error {
  return Object.assign(new Error(message), { name, step });
}

const judge = (c: Case, error: unknown, whileBuilding = false) =>
  judgeRefusal(c, refusalOf(error, whileBuilding));

const right = thrown('UnsupportedStepError', 'group-0', 'the trigger may finish before all data has come');

test('the step and the reason have to be right', () => {
  expect(judge(unsafe, right)).toEqual([]);
  expect(judge(unsafe, thrown('UnsupportedStepError', 'source', 'may finish'))).toHaveLength(1);
  expect(judge(unsafe, thrown('UnsupportedStepError', 'group-0', 'no such coder'))).toHaveLength(1);
  expect(judge(unsafe, thrown('StepError', 'group-0', 'may finish'))).toHaveLength(1);
  expect(judge(unsafe, new TypeError('x is undefined: may finish'))).toHaveLength(1);
  expect(judge(unsafe, new CannotSay('group-0', 'may finish'), true)).toEqual([]);
  expect(judge(unsafe, new TypeError('may finish'), true)).toHaveLength(1);
});

test('a failure at run time passes where Java fails at run time', () => {
  const error = { ...unsafe.expectedError!, phase: 'run' as const, message: 'Empty PCollection accessed' };
  const failing = { ...unsafe, expectedError: error };
  expect(judge(failing, thrown('StepError', 'with-side', 'has to hold one element, but has 0'))).toEqual([]);
  expect(judge(failing, thrown('StepError', 'with-side', 'has to hold one element, but has 2'))).toHaveLength(
    1,
  );
});

test('what Java runs has to run, but for the kinds that are refused by name', () => {
  const { expectedError: _, ...runs } = unsafe;
  expect(judge(runs, right)).toHaveLength(1);
  const calendar: Case = {
    ...runs,
    windowing: { fn: { type: 'calendarMonths', months: 1, timeZone: 'UTC' } },
  };
  const byName = thrown('UnsupportedStepError', 'group-0', 'windows of the kind calendar_windows');
  expect(judge(calendar, byName)).toEqual([]);
  expect(judge(calendar, right)).toHaveLength(1);
  expect(judge(runs, byName)).toHaveLength(1);
});

test('a delay leaves synchronised processing time to the stage behind it', () => {
  const delay = { type: 'repeat' as const, of: { type: 'afterProcessingTime' as const, delayMs: 5 } };
  const { windowing: _, ...rest } = unsafe;
  const two = (second: object): Case => ({ ...rest, kind: 'pipeline', stages: [{ trigger: delay }, second] });
  expect(refusedByName(two({}))?.kind).toBe('synchronised processing time');
  expect(refusedByName(two({ trigger: { type: 'default' } }))).toBeUndefined();
});
