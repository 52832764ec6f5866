/** Which refusals a case is passed with. */
import { type Case, triggersIn, windowingsOf } from './case_format';
import { continuation } from './triggers';

/** A run or a graph that did not come about. */
export interface Refusal {
  /** The class of what was thrown, by name: worker threads and the built program have classes of their own. */
  readonly error: string;
  /** The step it names; none where a window function or the TestStream could not even be made. */
  readonly step: string | undefined;
  readonly message: string;
  /** Thrown while the graph was built, before a runner saw it. */
  readonly whileBuilding: boolean;
}

export function refusalOf(thrown: unknown, whileBuilding: boolean): Refusal {
  const { name = 'unknown', step, message = String(thrown) } = thrown as Partial<Error> & { step?: string };
  return { error: name, step, message, whileBuilding };
}

/** Why our runner may refuse a case that Java runs, or undefined where it may not. */
export function refusedByName(c: Case): { kind: string; pattern: RegExp } | undefined {
  for (const { fn } of windowingsOf(c)) {
    if (fn?.type === 'calendarDays' || fn?.type === 'calendarMonths')
      return { kind: 'calendar windows', pattern: /calendar_windows/ };
  }
  if (usesSynchronizedTime(c))
    return { kind: 'synchronised processing time', pattern: /synchroni[sz]ed ?processing ?time/i };
  return undefined;
}

/** Also where it is only the continuation of a delay, in a later stage that names no trigger. */
function usesSynchronizedTime({ stages, ...c }: Case): boolean {
  const triggers = windowingsOf(c as Case).map(({ trigger }) => trigger);
  let inherited = triggers[0];
  for (const { trigger } of stages ?? []) {
    inherited = trigger ?? (inherited && continuation(inherited));
    triggers.push(inherited);
  }
  return triggers.some(
    (trigger) =>
      trigger !== undefined &&
      triggersIn(trigger).some(({ type }) => type === 'afterSynchronizedProcessingTime'),
  );
}

/** What our refusal has to speak of, by what Java's speaks of; where Java says nothing, any word will do. */
const SAME_REASON: readonly (readonly [java: RegExp, ours: RegExp])[] = [
  [/Unsafe trigger/, /may finish/],
  [/in the GlobalWindow without a trigger/, /global window|default trigger/i],
  [/side-input view/, /global window|default trigger/i],
  [/OnceTrigger/, /repeat|once/],
  [/0 <= offset < size/, /offset|size/],
  [/accumulation mode/, /accumulat/],
  [/allowed lateness be specified/, /allowed lateness/],
  [/monotonically/, /watermark can't go back/],
  [/more than one element/, /one element.* has \d/],
  [/Empty PCollection/, /one element.* has 0/],
  [/Duplicate values/, /two values/],
  [/Sessions is not allowed/, /session/i],
  [/non-global WindowFn/, /global window/],
  [/requires windows/, /no window|leave gaps/],
];

/** What is wrong with a refusal; nothing where the case is passed with it. */
export function judgeRefusal(c: Case, refusal: Refusal): string[] {
  const { error, step, message, whileBuilding } = refusal;
  const told = `${error}: ${message}`;
  const byName = refusedByName(c);
  if (c.expectedError === undefined) {
    const named = error === 'UnsupportedStepError' && byName?.pattern.test(message);
    return named ? [] : [`fails where Java runs. ${told}`];
  }
  const proper = whileBuilding
    ? ['RangeError', 'CannotSay']
    : ['UnsupportedStepError', ...(c.expectedError.phase === 'run' ? ['StepError'] : [])];
  if (!proper.includes(error)) return [`fails, but not by refusing the case. ${told}`];
  if (!whileBuilding && (step === undefined || step.startsWith('source')))
    return [`refuses another step than the case is about. ${told}`];
  const java = c.expectedError.message;
  const reason = SAME_REASON.find(([pattern]) => pattern.test(java))?.[1];
  return reason === undefined || reason.test(message) ? [] : [`refuses for another reason. ${told}`];
}
