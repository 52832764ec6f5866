/** Stages as a runner describes them to a worker, and their elements as bytes. */
import '../../../beam/sdk';
import { type Coder, Context } from 'apache-beam/coders/coders';
import {
  FullWindowedValueCoder,
  GlobalWindowCoder,
  PaneInfoCoder,
  StrUtf8Coder,
} from 'apache-beam/coders/standard_coders';
import { serializeFn } from 'apache-beam/internal/serialize';
import * as urns from 'apache-beam/internal/urns';
import { ProcessBundleDescriptor, RemoteGrpcPort } from 'apache-beam/proto/beam_fn_api';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, type PaneInfo, type WindowedValue } from 'apache-beam/values';
import Long from 'long';
import { Reader, Writer } from 'protobufjs';

const NO_BYTES = new Uint8Array();

/** A transform of a stage between its edges. */
export interface StageStep {
  readonly spec: { readonly urn: string; readonly payload: Uint8Array };
  /** Input name → PCollection, besides the main one. */
  readonly sides?: Readonly<Record<string, string>>;
}

export interface StageOptions {
  /** Where the edges' data and the state are. */
  readonly address: string;
  /** Names of the edges that enter; each is a source of its own. */
  readonly sources?: readonly string[];
  readonly steps?: Readonly<Record<string, StageStep>>;
  readonly sinks?: readonly string[];
  /** Of the elements that come in, and those that go out. */
  readonly input?: string;
  readonly output?: string;
  /** Coders by id beside those that are always there: text, bytes, varint, global, interval. */
  readonly coders?: Readonly<Record<string, [urn: string, ...components: string[]]>>;
  readonly windowCoder?: string;
  readonly windowFn?: runnerApi.FunctionSpec;
}

const CODERS: Record<string, [urn: string, ...components: string[]]> = {
  text: ['beam:coder:string_utf8:v1'],
  bytes: ['beam:coder:bytes:v1'],
  varint: ['beam:coder:varint:v1'],
  global: ['beam:coder:global_window:v1'],
  interval: ['beam:coder:interval_window:v1'],
};

/** Sources → steps in a row → sinks: by default one of each, and elements that are texts. */
export function stageOf(id: string, options: StageOptions): ProcessBundleDescriptor {
  const { address, sources = ['in'], steps = {}, sinks = ['out'], coders = {} } = options;
  const { input = 'text', output = 'text', windowCoder = 'global' } = options;
  const all = {
    ...CODERS,
    ...coders,
    'elements in': ['beam:coder:windowed_value:v1', input, windowCoder] as [string, ...string[]],
    'elements out': ['beam:coder:windowed_value:v1', output, windowCoder] as [string, ...string[]],
  };
  const names = Object.keys(steps);
  const transforms: Record<string, runnerApi.PTransform> = {};
  const port = (coderId: string) =>
    RemoteGrpcPort.toBinary({ coderId, apiServiceDescriptor: { url: address } as never });
  for (const source of sources)
    transforms[source] = transform(
      source,
      { urn: 'beam:runner:source:v1', payload: port('elements in') },
      {},
      'pc 0',
    );
  names.forEach((name, at) => {
    const { spec, sides = {} } = steps[name];
    transforms[name] = transform(`Step/${name}`, spec, { in: `pc ${at}`, ...sides }, `pc ${at + 1}`);
  });
  for (const sink of sinks)
    transforms[sink] = transform(
      sink,
      { urn: 'beam:runner:sink:v1', payload: port('elements out') },
      { in: `pc ${names.length}` },
      undefined,
    );
  const collections = [...names, ''].map((_name, at) => `pc ${at}`);
  const sides = Object.values(steps).flatMap((step) => Object.values(step.sides ?? {}));
  return ProcessBundleDescriptor.create({
    id,
    transforms,
    pcollections: Object.fromEntries(
      [...collections, ...sides].map((name, at) => [
        name,
        runnerApi.PCollection.create({
          uniqueName: name,
          coderId: at === 0 ? input : at < collections.length ? output : 'text',
          windowingStrategyId: 'windows',
        }),
      ]),
    ),
    coders: Object.fromEntries(
      Object.entries(all).map(([name, [urn, ...componentCoderIds]]) => [
        name,
        runnerApi.Coder.create({ spec: { urn, payload: NO_BYTES }, componentCoderIds }),
      ]),
    ),
    windowingStrategies: {
      windows: runnerApi.WindowingStrategy.create({
        windowCoderId: windowCoder,
        windowFn: options.windowFn ?? { urn: 'beam:window_fn:global_windows:v1', payload: NO_BYTES },
      }),
    },
    stateApiServiceDescriptor: { url: address } as never,
  });
}

function transform(
  uniqueName: string,
  spec: { urn: string; payload: Uint8Array },
  inputs: Record<string, string>,
  output: string | undefined,
): runnerApi.PTransform {
  const outputs: Record<string, string> = output === undefined ? {} : { out: output };
  return runnerApi.PTransform.create({ uniqueName, spec, inputs, outputs });
}

/** A registered DoFn as a step. */
export function doFn(fn: object, context?: object, payload: Partial<runnerApi.ParDoPayload> = {}): StageStep {
  return {
    spec: {
      urn: 'beam:transform:pardo:v1',
      payload: runnerApi.ParDoPayload.toBinary(
        runnerApi.ParDoPayload.create({
          ...(payload as object),
          doFn: { urn: urns.SERIALIZED_JS_DOFN_INFO, payload: serializeFn({ doFn: fn, context }) },
        }),
      ),
    },
  };
}

const TEXT = new FullWindowedValueCoder(new StrUtf8Coder() as never, GlobalWindowCoder.INSTANCE as never);

export function element(value: unknown): WindowedValue<unknown> {
  return {
    value,
    windows: [new GlobalWindow()],
    timestamp: Long.fromNumber(1234),
    pane: PaneInfoCoder.ONE_AND_ONLY_FIRING as PaneInfo,
  };
}

/** Elements one behind the other, as they are in a message: by default texts in the global window. */
export function encoded(values: readonly unknown[], coder: Coder<unknown> = TEXT as never): Uint8Array {
  const writer = new Writer();
  for (const value of values) {
    const whole = typeof value === 'object' && value !== null && 'windows' in value;
    coder.encode(whole ? value : element(value), writer, Context.needsDelimiters);
  }
  return writer.finish();
}

export function decodedElements(
  messages: readonly Uint8Array[],
  coder: Coder<unknown> = TEXT as never,
): WindowedValue<unknown>[] {
  return messages.flatMap((message) => {
    const reader = new Reader(new Uint8Array(message));
    const elements: WindowedValue<unknown>[] = [];
    while (reader.pos < reader.len)
      elements.push(coder.decode(reader, Context.needsDelimiters) as WindowedValue<unknown>);
    return elements;
  });
}

/** The values of messages that hold texts in the global window. */
export function decoded(messages: readonly Uint8Array[]): unknown[] {
  return decodedElements(messages).map(({ value }) => value);
}
