/** Which operator runs which step: by the URN of the step's transform. */
import { StepError } from '../../step_error';
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

/** @throws StepError where the step can't be made: of an unknown kind, or with functions that nothing registered */
export function createOperator(context: OperatorContext): Operator {
  const { uniqueName, spec } = context.transform;
  const factory = OPERATORS.get(spec?.urn ?? '');
  try {
    if (factory === undefined) throw new Error(`steps of the kind ${spec?.urn} are unknown`);
    return factory(context);
  } catch (cause) {
    throw new StepError(uniqueName, 'the beginning of its stage', cause);
  }
}
