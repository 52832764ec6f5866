/** Coders by id, built from their protos once. Coders of the project are registered by the modules that workers load. */
import { type Coder, globalRegistry } from 'apache-beam/coders/coders';
import 'apache-beam/coders/standard_coders';
import '../../beam/bytes_coder';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';

/** Coders of the SDK that few stages need, by URN: the module that registers them is loaded at first use. */
const LOADED_ON_DEMAND: Readonly<Record<string, string>> = {
  'beam:coder:genericobjectjs:v1': 'apache-beam/coders/js_coders',
  'beam:coder:bsonjs:v1': 'apache-beam/coders/js_coders',
  'beam:coder:numbersforjs:v1': 'apache-beam/coders/js_coders',
  'beam:coder:row:v1': 'apache-beam/coders/row_coder',
};

export const KV_CODER_URN = 'beam:coder:kv:v1';

export class Coders {
  private readonly built = new Map<string, Coder<unknown>>();

  constructor(private readonly protos: Readonly<Record<string, runnerApi.Coder>>) {}

  get(id: string): Coder<unknown> {
    const known = this.built.get(id);
    if (known !== undefined) return known;
    const { spec, componentCoderIds } = this.proto(id);
    if (spec === undefined) throw new Error(`The coder ${id} has no spec`);
    const onDemand = LOADED_ON_DEMAND[spec.urn];
    if (onDemand !== undefined) require(onDemand);
    const components = componentCoderIds.map((component) => this.get(component));
    const coder = globalRegistry().getCoder(spec.urn, spec.payload, ...components);
    this.built.set(id, coder);
    return coder;
  }

  /** The ids of a key-value coder's parts, or undefined for any other coder. */
  keyAndValue(id: string): [key: string, value: string] | undefined {
    const { spec, componentCoderIds } = this.proto(id);
    return spec?.urn === KV_CODER_URN ? [componentCoderIds[0], componentCoderIds[1]] : undefined;
  }

  private proto(id: string): runnerApi.Coder {
    const proto = this.protos[id];
    if (proto === undefined) throw new Error(`The graph has no coder ${id}`);
    return proto;
  }
}
