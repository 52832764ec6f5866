/** The steps that the TypeScript SDK writes as ParDos with URNs of its own: no user's DoFn, one function at most. */
import * as urns from 'apache-beam/internal/urns';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Instant, Window } from 'apache-beam/values';
import { type Element, withTimestamp, withValue, withWindows } from '../elements';
import { restore } from '../functions';
import { eachInTurn } from '../maybe_promise';
import { COMBINE_VALUES_FN_URN, combineValues } from './combine';
import { atStep, type Operator, type OperatorContext, type OperatorFactory, onlyOutput } from './operator';
import { ParDo } from './pardo';

/** By the URN of the ParDo's function. */
export const DO_FN_OPERATORS: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  [urns.SERIALIZED_JS_DOFN_INFO, (context) => new ParDo(context)],
  [urns.IDENTITY_DOFN_URN, identity],
  [urns.JS_WINDOW_INTO_DOFN_URN, windowInto],
  [urns.JS_ASSIGN_TIMESTAMPS_DOFN_URN, assignTimestamps],
  [urns.SPLITTING_JS_DOFN_URN, split],
  [COMBINE_VALUES_FN_URN, combineValues],
]);

export function parDo(context: OperatorContext): Operator {
  const payload = runnerApi.ParDoPayload.fromBinary(context.transform.spec!.payload);
  const { doFn, stateSpecs, restrictionCoderId } = payload;
  if (Object.keys(stateSpecs).length > 0) throw new Error('state is not supported');
  if (restrictionCoderId !== '') throw new Error('splittable DoFns are not supported');
  const factory = DO_FN_OPERATORS.get(doFn?.urn ?? '');
  if (factory === undefined)
    throw new Error(`${context.transform.uniqueName} has an unknown DoFn, ${doFn?.urn}`);
  return factory(context);
}

function identity(context: OperatorContext): Operator {
  return { process: onlyOutput(context) };
}

function windowInto(context: OperatorContext): Operator {
  const { windowFn } = functionOf<{ windowFn: { assignWindows(timestamp: Instant): Window[] } }>(context);
  return assignWindows(context, windowFn);
}

/** Puts each element into the windows of its timestamp, once for each window it comes from. */
export function assignWindows(
  context: OperatorContext,
  windowFn: { assignWindows(timestamp: Instant): Window[] },
): Operator {
  const output = onlyOutput(context);
  const step = context.transform.uniqueName;
  return {
    process: (element) =>
      atStep(step, element, () => {
        const assigned = windowFn.assignWindows(element.timestamp);
        if (assigned.length === 0) throw new Error('The window function gives the element no window');
        const windows = element.windows.length === 1 ? assigned : element.windows.flatMap(() => assigned);
        return output(withWindows(element, windows));
      }),
  };
}

function assignTimestamps(context: OperatorContext): Operator {
  const output = onlyOutput(context);
  const step = context.transform.uniqueName;
  const { func } = functionOf<{ func(value: unknown, timestamp: Instant): Instant }>(context);
  return {
    process: (element) =>
      atStep(step, element, () => output(withTimestamp(element, func(element.value, element.timestamp)))),
  };
}

interface SplitOptions {
  readonly knownTags: string[];
  readonly unknownTagBehavior: 'error' | 'ignore' | 'rename';
  readonly unknownTagName?: string;
  readonly exclusive: boolean;
}

/** Sends the fields of an object to the outputs of their names. */
function split(context: OperatorContext): Operator {
  const options = functionOf<SplitOptions>(context);
  const step = context.transform.uniqueName;
  const send = (element: Element, field: string) => {
    const tag = options.knownTags.includes(field) ? field : unknownTag(options, field);
    const output = tag === undefined ? undefined : context.outputs.get(tag);
    return output?.(withValue(element, (element.value as Record<string, unknown>)[field]));
  };
  return {
    process: (element) =>
      atStep(step, element, () => {
        const fields = Object.keys(element.value as object);
        if (options.exclusive && fields.length !== 1) {
          throw new Error(`An element for one of [${options.knownTags}] has the fields [${fields}]`);
        }
        return eachInTurn(fields, (field) => send(element, field));
      }),
  };
}

function unknownTag(options: SplitOptions, field: string): string | undefined {
  if (options.unknownTagBehavior === 'ignore') return undefined;
  if (options.unknownTagBehavior === 'rename') return options.unknownTagName;
  throw new Error(`The field ${field} is none of the outputs [${options.knownTags}]`);
}

function functionOf<T>({ transform }: OperatorContext): T {
  return restore<T>(runnerApi.ParDoPayload.fromBinary(transform.spec!.payload).doFn!.payload);
}
