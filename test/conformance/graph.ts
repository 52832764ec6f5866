/** The pipeline of a case: TestStream, windows, groupings, and steps that write down what comes out. */
import '../../beam/sdk';
import type { Coder } from 'apache-beam/coders/coders';
import { StrUtf8Coder, VarIntCoder } from 'apache-beam/coders/standard_coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { createWindowingStrategyProto } from 'apache-beam/transforms/window';
import { JsonCoder } from '../../beam/json_coder';
import { pinned } from '../../beam/pin';
import {
  combinePerKey,
  flatten,
  groupByKey,
  KVCoder,
  P,
  type PCollection,
  Pipeline,
  paneInfoParam,
  parDo,
  Root,
  SideInputParam,
  timestampParam,
  windowInto,
  windowParam,
  withCoderInternal,
  withName,
} from '../../beam/sdk';
import { setCoder } from '../../beam/set_coder';
import { CollectionReference } from '../../beam/side_input_views';
import { asList, asMultimap, asSingleton } from '../../beam/side_inputs';
import type { Case, CaseWindowing, SideInputSpec } from './case_format';
import { DEFAULT_WINDOWING, grouped, strategyProto, type Windowing, windowed, windowFn } from './strategies';
import { KEYED as KEYED_CODER, sourcesOf } from './stream';

type Constructor = new (...args: unknown[]) => object;
const fns: Record<string, Constructor> = require('./registered');

type Collection = PCollection<unknown>;
/** A collection and the windowing it has; the SDK keeps only the proto of the latter. */
interface Windowed {
  readonly collection: Collection;
  readonly windowing: Windowing;
}

/** What the case's groupings are: groupings by key, of which a runner keeps the values, or combines that collect them, of which it may keep the accumulators. Panes are the same. */
export type Grouping = 'by key' | 'combines';

const LISTS = new KVCoder(new StrUtf8Coder(), new JsonCoder()) as Coder<unknown>;
const INT = new VarIntCoder() as Coder<unknown>;
const KEYED = KEYED_CODER as Coder<unknown>;

/**
 * The pipeline's proto. Each pane, or each main element with what it saw of the side input, will become a JSON line at the end of `file`.
 *
 * @throws CannotSay (see strategies.ts) where a graph has no words for the case
 * @throws RangeError where the graph library refuses: sizes and offsets of windows, a watermark that goes back
 */
export function pipelineOf(c: Case, file: string, grouping: Grouping = 'by key'): runnerApi.Pipeline {
  const pipeline = new Pipeline();
  const sources = sourcesOf(c, new Root(pipeline));
  if (c.kind === 'sideInput') {
    withSide(c, sources as Record<'main' | 'side', Collection>, file, grouping);
  } else {
    const all = Object.values(sources);
    const input = all.length === 1 ? all[0] : (P(all).apply(withName('flatten', flatten())) as Collection);
    stages(input, c.stages ?? [c.windowing!], file, grouping);
  }
  return pipeline.getProto();
}

/** Window, group, write down, sum up: for each stage. */
export function stages(
  source: Collection,
  windowings: readonly CaseWindowing[],
  file: string,
  grouping: Grouping = 'by key',
): void {
  const group = grouping === 'by key' ? groupValues : collect;
  let input: Windowed = { collection: source, windowing: DEFAULT_WINDOWING };
  for (const [stage, says] of windowings.entries()) {
    const groups = group(`group-${stage}`, window(`window-${stage}`, input, says));
    const panes = apply(groups.collection, `panes-${stage}`, make('Panes', file, stage), KEYED, context());
    input = { ...groups, collection: panes };
  }
}

function withSide(
  c: Case,
  sources: Record<'main' | 'side', Collection>,
  file: string,
  grouping: Grouping,
): void {
  const main = window('main-window', start(sources.main), c.main!.windowing);
  const source = c.sideFlattensMain
    ? (P([sources.side, sources.main]).apply(withName('side-flatten', flatten())) as Collection)
    : sources.side;
  const side = view(window('side-window', start(source), c.side!.windowing), c.side!, grouping);
  const doFn = parDo(make('WithSide', file) as never, { ...context(), side } as never);
  main.collection.apply(pinned('with-side', doFn) as never);
}

function start(collection: Collection): Windowed {
  return { collection, windowing: DEFAULT_WINDOWING };
}

/** As Beam makes its views: singletons are global combines, of which each pane replaces the one before. */
function view(
  input: Windowed,
  spec: SideInputSpec,
  grouping: Grouping,
): SideInputParam<never, never, unknown> {
  const combine = combineOf(grouping === 'combines');
  const combineAll = (name: string, of: Windowed, fn: never) => combineOne(name, of, fn, combine);
  const keyed = spec.combine === 'perKeySum' ? combine('side-sum-per-key', input, make('Sum')) : input;
  if (spec.view === 'asMultimap') return asMultimap(keyed.collection as never) as never;
  if (spec.view === 'asMap') return asMap(keyed.collection);
  let values = { ...keyed, collection: apply(keyed.collection, 'side-values', make('Values'), INT) };
  if (spec.combine === 'sum') values = combineAll('side-sum', values, make('Sum'));
  switch (spec.view) {
    case 'asList':
      return asList(values.collection) as never;
    case 'asSingleton': {
      const defaults = spec.defaultValue === undefined ? [] : [spec.defaultValue];
      const only = make('Only', defaults.length > 0, ...defaults);
      return latest(combineAll('view-only', values, only), defaults);
    }
    case 'combineSingleton':
      return latest(combineAll('view-sum', values, make('Sum')), [0]);
  }
}

function latest(combined: Windowed, defaults: number[]): SideInputParam<never, never, unknown> {
  const each = restrategise(combined, { ...combined.windowing, accumulation: 'discarding' });
  return asSingleton(each.collection, ...(defaults as [unknown])) as never;
}

function asMap(collection: Collection): SideInputParam<never, never, unknown> {
  const reference = new CollectionReference(collection.getId()) as never;
  return new SideInputParam(reference, make('MapView') as never);
}

function window(name: string, input: Windowed, says: CaseWindowing): Windowed {
  const windowing = windowed(input.windowing, name, says);
  if (says.fn !== undefined) {
    const into = windowInto(windowFn(says.fn) as never, strategyProto(windowing));
    return { collection: input.collection.apply(withName(name, into)) as Collection, windowing };
  }
  if (Object.keys(says).length === 0) return input;
  // The SDK has no way to change a strategy without assigning windows.
  const same = apply(input.collection, name, make('Same'), KEYED);
  return restrategise({ collection: same, windowing: input.windowing }, windowing);
}

/** A grouping leaves its continuation trigger and windows that merge no more; the SDK does neither. */
function groupValues(name: string, input: Windowed): Windowed {
  const collection = input.collection.apply(withName(name, groupByKey()) as never) as Collection;
  return restrategise({ ...input, collection }, grouped(input.windowing));
}

/** A combine of which the accumulator is the list of values. */
function collect(name: string, input: Windowed): Windowed {
  const collection = input.collection.apply(withName(name, combinePerKey(make('Collect'))) as never);
  setCoder(collection as Collection, LISTS);
  return restrategise({ ...input, collection: collection as Collection }, grouped(input.windowing));
}

type Combine = (name: string, input: Windowed, fn: never) => Windowed;

/** Without a coder of its own, the combine's output is encoded one step later. */
function combineOf(hasCoder: boolean): Combine {
  return (name, input, fn) => {
    const combined = input.collection.apply(withName(name, combinePerKey(fn)) as never) as Collection;
    if (hasCoder) setCoder(combined, KEYED);
    const collection = combined.apply(withName(`${name}, encoded`, withCoderInternal(KEYED)));
    return restrategise({ ...input, collection }, grouped(input.windowing));
  };
}

function combineOne(name: string, input: Windowed, fn: never, combine: Combine): Windowed {
  const keyed = apply(input.collection, `${name}, one key`, make('KeyAll'), KEYED);
  const combined = combine(name, { ...input, collection: keyed }, fn);
  return { ...combined, collection: apply(combined.collection, `${name}, alone`, make('Values'), INT) };
}

/** The collection with another strategy over the windows it has. */
function restrategise(input: Windowed, windowing: Windowing): Windowed {
  const { pipeline } = input.collection;
  const merged = windowing.fn.type === 'sessions';
  const fn = windowFn(windowing.fn);
  const proto = createWindowingStrategyProto(pipeline, fn as never, strategyProto(windowing));
  if (merged) proto.mergeStatus = runnerApi.MergeStatus_Enum.ALREADY_MERGED;
  const { pcollections } = pipeline.getProto().components!;
  pcollections[input.collection.getId()].windowingStrategyId = pipeline.context.getWindowingStrategyId(proto);
  return { ...input, windowing };
}

function context() {
  return { window: windowParam(), pane: paneInfoParam(), timestamp: timestampParam() };
}

export function apply(
  input: Collection,
  name: string,
  doFn: never,
  coder: Coder<unknown>,
  params?: object,
): Collection {
  return input
    .apply(withName(name, parDo(doFn, params as never)))
    .apply(withName(`${name}, encoded`, withCoderInternal(coder)));
}

export function make(name: string, ...args: unknown[]): never {
  return new fns[name](...args) as never;
}
