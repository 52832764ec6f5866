/**
 * Parses JSON as a Dataflow Job by Google's own protos, and takes nothing that they don't have: names, kinds of values, names of enumerations. The service itself passes over what it doesn't know, so that a
 * misspelt field would do nothing and nobody would be told.
 */
import { join } from 'node:path';
import { Root, type Type } from 'protobufjs';

const PROTOS = require(
  join(__dirname, '../../../node_modules/@google-cloud/dataflow/build/protos/protos.json'),
);
const root = Root.fromJSON(PROTOS);

/** What is wrong with a job, each with the way to it; nothing for a good one. */
export function faultsOfJob(job: unknown): string[] {
  return faultsOf(root.lookupType('google.dataflow.v1beta3.Job'), job, 'job');
}

const STRUCT = '.google.protobuf.Struct';

function faultsOf(type: Type, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
  if (type.fullName === STRUCT) return structFaults(value, at);
  return Object.entries(value).flatMap(([name, part]) => {
    const way = `${at}.${name}`;
    const field = type.fields[name];
    if (field === undefined) return [`${way} is unknown`];
    field.resolve();
    const one = (each: unknown, where: string): string[] => {
      const { resolvedType } = field;
      if (resolvedType === null) return scalarFaults(field.type, each, where);
      if ('values' in resolvedType)
        return typeof each === 'string' && each in resolvedType.values
          ? []
          : [`${where}: ${JSON.stringify(each)} is none of ${resolvedType.name}`];
      return faultsOf(resolvedType, each, where);
    };
    if (field.map) {
      if (typeof part !== 'object' || part === null) return [`${way} is no map`];
      return Object.entries(part).flatMap(([key, each]) => one(each, `${way}.${key}`));
    }
    if (!field.repeated) return one(part, way);
    if (!Array.isArray(part)) return [`${way} is no list`];
    return part.flatMap((each, index) => one(each, `${way}[${index}]`));
  });
}

function scalarFaults(type: string, value: unknown, at: string): string[] {
  const fits =
    type === 'string'
      ? typeof value === 'string'
      : type === 'bool'
        ? typeof value === 'boolean'
        : /^u?int32$/.test(type)
          ? Number.isInteger(value)
          : /^u?int64$/.test(type)
            ? Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value))
            : null;
  if (fits === null) return [`${at}: values of the kind ${type} are not looked at`];
  return fits ? [] : [`${at}: ${JSON.stringify(value)} is no ${type}`];
}

/** Free-form, but JSON: what is undefined or no number would be left out without a word. */
function structFaults(value: object, at: string): string[] {
  const text = JSON.stringify(value);
  return Object.keys(value).length === Object.keys(JSON.parse(text)).length ? [] : [`${at} is no JSON`];
}
