/** Which operator runs which step: by the URN of the step's transform. */
import { SINK_URN, SOURCE_URN } from '../descriptor';
import { COMBINE_OPERATORS } from './combine';
import { Sink, Source } from './edges';
import { type Operator, type OperatorContext, type OperatorFactory, onlyOutput } from './operator';
import { parDo } from './sdk_fns';
import { WINDOWING_OPERATORS } from './windowing';

/** All steps the harness can run. Grouping, reshuffling and the like are the runner's. */
export const OPERATORS: ReadonlyMap<string, OperatorFactory> = new Map<string, OperatorFactory>([
  [SOURCE_URN, (context) => new Source(context)],
  [SINK_URN, (context) => new Sink(context)],
  ['beam:transform:pardo:v1', parDo],
  ['beam:transform:flatten:v1', (context) => ({ process: onlyOutput(context) })],
  ...WINDOWING_OPERATORS,
  ...COMBINE_OPERATORS,
]);

export function createOperator(context: OperatorContext): Operator {
  const urn = context.transform.spec?.urn ?? '';
  const factory = OPERATORS.get(urn);
  if (factory === undefined) throw new Error(`${context.transform.uniqueName} is of an unknown kind, ${urn}`);
  return factory(context);
}
