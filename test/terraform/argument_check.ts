/** Whether a resource, as it is written, fits the provider's schema. What only values decide, an expression's type or a name's form, is left to `terraform validate`. */
import type { AttributeSchema, BlockSchema, Members } from './provider_schema';

/** A block's body as hcl2json gives it: an attribute's value, or a list of bodies where blocks stand. */
export type Body = { readonly [name: string]: unknown };

const META_ARGUMENTS = new Set(['count', 'for_each', 'provider', 'depends_on', 'lifecycle']);

/** What is wrong with a resource or data source, one sentence each; `where` begins them. */
export function faultsOf(where: string, body: Body, members: Members): string[] {
  const own = Object.fromEntries(Object.entries(body).filter(([name]) => !META_ARGUMENTS.has(name)));
  return bodyFaults(where, own, members);
}

function bodyFaults(where: string, body: Body, members: Members): string[] {
  const { dynamic = {}, ...given } = body;
  const dynamicBlocks = dynamic as { readonly [name: string]: readonly Body[] };
  const faults: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const member = members.get(name);
    if (member === undefined) faults.push(`${where}: there is no argument ${name}`);
    else if (member.kind === 'attribute') faults.push(...attributeFaults(`${where}.${name}`, value, member));
    else faults.push(...blockFaults(`${where}.${name}`, value, member));
  }
  for (const [name, blocks] of Object.entries(dynamicBlocks)) {
    const member = members.get(name);
    if (member?.kind !== 'block') {
      faults.push(`${where}: there is no block ${name} to be made dynamically`);
      continue;
    }
    for (const { content, for_each } of blocks) {
      if (for_each === undefined) faults.push(`${where}.${name}: a dynamic block needs for_each`);
      if (isBlocks(content)) faults.push(...bodyFaults(`${where}.${name}`, content[0], member.members));
      else faults.push(`${where}.${name}: a dynamic block needs content`);
    }
  }
  for (const [name, member] of members) {
    const isMissing = !(name in given) && !(name in dynamicBlocks);
    if (isMissing && (member.kind === 'attribute' ? member.required : member.min > 0))
      faults.push(`${where}: ${name} is missing`);
  }
  return faults;
}

function blockFaults(where: string, value: unknown, { members, min, max }: BlockSchema): string[] {
  if (!isBlocks(value)) return [`${where} is a block, not an attribute`];
  const faults = value.flatMap((body) => bodyFaults(where, body, members));
  if (value.length < min) faults.push(`${where}: ${min} of these blocks are needed`);
  if (value.length > max) faults.push(`${where}: not more than ${max} of these blocks may stand`);
  return faults;
}

function attributeFaults(where: string, value: unknown, schema: AttributeSchema): string[] {
  if (!schema.required && !schema.optional) return [`${where} is set by the provider only`];
  if (schema.deprecated) return [`${where} is deprecated`];
  if (isBlocks(value)) return [`${where} is an attribute, not a block`];
  return fits(value, schema.type) ? [] : [`${where} is a ${schema.type}, not ${JSON.stringify(value)}`];
}

/** Terraform turns texts into numbers and truth values, and the other way round, where that is possible. */
function fits(value: unknown, type: string): boolean {
  if (value === null || isExpression(value)) return true;
  const [, collection, element] = /^(list|set|map) of (.+)$/.exec(type) ?? [];
  if (collection === 'map')
    return isBody(value) && Object.values(value).every((entry) => fits(entry, element));
  if (collection !== undefined) return Array.isArray(value) && value.every((entry) => fits(entry, element));
  if (typeof value === 'object') return false;
  if (type === 'number') return typeof value === 'number' || (value !== '' && Number.isFinite(Number(value)));
  if (type === 'bool') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return type === 'string';
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBlocks(value: unknown): value is readonly Body[] {
  return Array.isArray(value) && value.length > 0 && value.every(isBody);
}
