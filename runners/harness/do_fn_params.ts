/**
 * The parameters a DoFn asks for in its context: window, timestamp, pane, side inputs, counters and distributions.
 *
 * A serialised context holds instances of the SDK's parameter classes. Their module loads the whole graph library (130 ms), so
 * a worker registers these stand-ins under the same names; where the SDK's own are loaded first they are used instead.
 */
import { registeredObjects, requireForSerialization } from 'apache-beam/serialization';

export interface Param {
  readonly parDoParamName: string;
}

export interface MetricParam extends Param {
  readonly metricType: string;
  readonly name: string;
}

export interface SideInputParam extends Param {
  readonly sideInputId: string;
  readonly accessor: { toValue(elements: Iterable<unknown>): unknown };
}

/** Where a bound parameter gets its value from, or puts it. */
export interface ParamProvider {
  lookup(param: Param): unknown;
  update(param: Param, value: unknown): void;
}

const OUTSIDE = 'Cannot be called outside of a DoFn';

class ParDoParam {
  declare parDoParamName: string;
  declare provider: ParamProvider | undefined;
}

class ParDoLookupParam extends ParDoParam {
  lookup(): unknown {
    if (this.provider === undefined) throw new Error(OUTSIDE);
    return this.provider.lookup(this);
  }
}

class SideInput extends ParDoLookupParam {}

class ParDoUpdateParam extends ParDoParam {
  update(value: unknown): void {
    if (this.provider === undefined) throw new Error(OUTSIDE);
    this.provider.update(this, value);
  }
}

class Metric extends ParDoUpdateParam {}

class Counter extends Metric {
  increment(value = 1): void {
    this.update(value);
  }
}

const SDK_MODULE = 'apache-beam/transforms/pardo';
if (!registeredObjects.some(({ name }) => name.startsWith(`beam:${SDK_MODULE}.`))) {
  requireForSerialization(SDK_MODULE, {
    ParDoParam,
    ParDoLookupParam,
    SideInputParam: SideInput,
    ParDoUpdateParam,
    Metric,
    Counter,
  });
}

/** The context with every parameter in it bound to the provider; contexts that are no objects are passed as they are. */
export function bindParams(context: unknown, provider: ParamProvider): unknown {
  if (typeof context !== 'object' || context === null) return context;
  const bound: Record<string, unknown> = Object.create(context);
  for (const [name, value] of Object.entries(context)) {
    if (isParam(value)) bound[name] = Object.assign(Object.create(value), { provider });
  }
  return bound;
}

/** The side inputs among a context's parameters. */
export function sideInputsIn(context: unknown): SideInputParam[] {
  if (typeof context !== 'object' || context === null) return [];
  return Object.values(context).filter(
    (value): value is SideInputParam => isParam(value) && value.parDoParamName === 'sideInput',
  );
}

function isParam(value: unknown): value is Param {
  return typeof value === 'object' && value !== null && 'parDoParamName' in value;
}
