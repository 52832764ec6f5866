/**
 * Stands in for Google's provider where Terraform has to know what arguments there are and nothing has to be made: for `terraform validate`, and for `terraform test` with a mocked provider. It speaks
 * Terraform's plugin protocol 5 and answers one question, which resources there are and what they take (google_schema.json); what it is asked to check, it accepts.
 *
 * Terraform finds it by the environment variable TF_REATTACH_PROVIDERS, which is made for providers under test, and then downloads none.
 */
import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from '@grpc/grpc-js';
import { parse, type Type } from 'protobufjs';
import { type AttributeSchema, type BlockSchema, type Members, readProviderSchema } from './provider_schema';

/** The messages of the protocol that are answered here, with the fields that are used. */
const { root } = parse(
  `
  syntax = "proto3";
  message Attribute { string name = 1; bytes type = 2; bool required = 4; bool optional = 5; bool computed = 6; bool deprecated = 9; }
  message NestedBlock { string type_name = 1; Block block = 2; int32 nesting = 3; int64 min_items = 4; int64 max_items = 5; }
  message Block { repeated Attribute attributes = 2; repeated NestedBlock block_types = 3; }
  message Schema { Block block = 2; }
  message DynamicValue { bytes msgpack = 1; bytes json = 2; }
  message SchemaResponse { Schema provider = 1; map<string, Schema> resource_schemas = 2; map<string, Schema> data_source_schemas = 3; }
  message ConfigRequest { DynamicValue config = 1; }
  message ConfigResponse { DynamicValue prepared_config = 1; }
  message Empty {}
`,
  { keepCase: true },
);

const NESTING = { single: 1, list: 2, set: 3 };

export class SchemaProvider {
  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async start(): Promise<SchemaProvider> {
    const server = new Server();
    const schemas = schemaResponse();
    const answer = (response: (request: object) => object): UntypedHandleCall =>
      ((call: { request: object }, callback: (error: null, value: object) => void) =>
        callback(null, response(call.request))) as UntypedHandleCall;
    const accept = answer(() => ({}));
    server.addService(SERVICE, {
      GetSchema: answer(() => schemas),
      PrepareProviderConfig: answer((request) => ({
        prepared_config: (request as { config: object }).config,
      })),
      ValidateResourceTypeConfig: accept,
      ValidateDataSourceConfig: accept,
      Configure: accept,
      Stop: accept,
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    return new SchemaProvider(server, port);
  }

  /** For TF_REATTACH_PROVIDERS. */
  get reattach(): string {
    return JSON.stringify({
      'hashicorp/google': {
        Protocol: 'grpc',
        ProtocolVersion: 5,
        Pid: process.pid,
        Test: true,
        Addr: { Network: 'tcp', String: `127.0.0.1:${this.port}` },
      },
    });
  }

  stop(): void {
    this.server.forceShutdown();
  }
}

const SERVICE: ServiceDefinition = Object.fromEntries(
  Object.entries({
    GetSchema: ['Empty', 'SchemaResponse'],
    PrepareProviderConfig: ['ConfigRequest', 'ConfigResponse'],
    ValidateResourceTypeConfig: ['Empty', 'Empty'],
    ValidateDataSourceConfig: ['Empty', 'Empty'],
    Configure: ['Empty', 'Empty'],
    Stop: ['Empty', 'Empty'],
  }).map(([name, [request, response]]) => [
    name,
    method(name, root.lookupType(request), root.lookupType(response)),
  ]),
);

function method(name: string, request: Type, response: Type): ServiceDefinition[string] {
  return {
    path: `/tfplugin5.Provider/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: object) => Buffer.from(request.encode(value).finish()),
    requestDeserialize: (bytes: Buffer) => request.decode(bytes),
    responseSerialize: (value: object) => Buffer.from(response.encode(value).finish()),
    responseDeserialize: (bytes: Buffer) => response.decode(bytes),
  };
}

function schemaResponse(): object {
  const { resources, dataSources } = readProviderSchema();
  const all = (types: ReadonlyMap<string, Members>): object =>
    Object.fromEntries([...types].map(([type, members]) => [type, { block: blockOf(members) }]));
  const text: AttributeSchema = {
    ...{
      kind: 'attribute',
      type: 'string',
      required: false,
      optional: true,
      computed: false,
      deprecated: false,
    },
  };
  return {
    provider: {
      block: blockOf(
        new Map([
          ['project', text],
          ['region', text],
        ]),
      ),
    },
    resource_schemas: all(resources),
    data_source_schemas: all(dataSources),
  };
}

function blockOf(members: Members): object {
  const isBlock = (entry: [string, AttributeSchema | BlockSchema]): entry is [string, BlockSchema] =>
    entry[1].kind === 'block';
  const isAttribute = (entry: [string, AttributeSchema | BlockSchema]): entry is [string, AttributeSchema] =>
    !isBlock(entry);
  return {
    attributes: [...members]
      .filter(isAttribute)
      .map(([name, { type, required, optional, computed, deprecated }]) => ({
        ...{ name, required, optional, computed, deprecated },
        type: Buffer.from(JSON.stringify(typeOf(type))),
      })),
    block_types: [...members].filter(isBlock).map(([name, { nesting, min, max, members: inner }]) => ({
      type_name: name,
      block: blockOf(inner),
      nesting: NESTING[nesting],
      min_items: min,
      // 0 is no limit.
      max_items: Number.isFinite(max) ? max : 0,
    })),
  };
}

/** A type in Terraform's JSON form: "string", ["list", "string"], ["list", ["object", {…}]]. */
function typeOf(type: string): unknown {
  const [, collection, element] = /^(list|set|map) of (.+)$/.exec(type) ?? [];
  if (collection !== undefined) return [collection, typeOf(element)];
  const [, fields] = /^object\((.+)\)$/.exec(type) ?? [];
  if (fields === undefined) return type;
  return ['object', Object.fromEntries(fields.split(', ').map((field) => [field, 'string']))];
}
