/**
 * Arguments of the provider's resources that terraform/ uses, from google_schema.json: what `terraform providers schema` says of hashicorp/google 7.45.0, in a short notation. An attribute is
 * `TYPE FLAGS`, where `!` is required, `?` optional, `=` computed, so `?=` may be given and `=` may not; a block has the key `block` with its kind and how many there may be.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AttributeSchema {
  readonly kind: 'attribute';
  /** string, number, bool, or list, set or map of such. */
  readonly type: string;
  readonly required: boolean;
  /** Only the provider sets it. */
  readonly computed: boolean;
  readonly optional: boolean;
  readonly deprecated: boolean;
}

export interface BlockSchema {
  readonly kind: 'block';
  readonly nesting: 'list' | 'set' | 'single';
  readonly min: number;
  readonly max: number;
  readonly members: Members;
}

export type Members = ReadonlyMap<string, AttributeSchema | BlockSchema>;

export interface ProviderSchema {
  readonly resources: ReadonlyMap<string, Members>;
  readonly dataSources: ReadonlyMap<string, Members>;
}

type Notation = { readonly [name: string]: string | Notation };

export function readProviderSchema(): ProviderSchema {
  const { resources, data_sources } = JSON.parse(
    readFileSync(join(__dirname, 'google_schema.json'), 'utf8'),
  ) as { resources: Record<string, Notation>; data_sources: Record<string, Notation> };
  const all = (types: Record<string, Notation>): ReadonlyMap<string, Members> =>
    new Map(Object.entries(types).map(([type, members]) => [type, membersOf(members)]));
  return { resources: all(resources), dataSources: all(data_sources) };
}

/** @throws Error where the notation is none of the known */
function membersOf(notation: Notation): Members {
  return new Map(
    Object.entries(notation)
      .filter(([name]) => name !== 'block')
      .map(([name, text]) => [name, typeof text === 'string' ? attribute(text) : block(text)] as const),
  );
}

function attribute(text: string): AttributeSchema {
  const [, type, flags, deprecated] = /^(.+) ([!?=]+)( deprecated)?$/.exec(text) ?? [];
  if (type === undefined) throw new Error(`google_schema.json: ${text}`);
  return {
    kind: 'attribute',
    type,
    required: flags.includes('!'),
    optional: flags.includes('?'),
    computed: flags.includes('='),
    deprecated: deprecated !== undefined,
  };
}

function block(notation: Notation): BlockSchema {
  const [, nesting, min, max] = /^(list|set|single) (\d+)\.\.(\d+|n)$/.exec(String(notation.block)) ?? [];
  if (nesting === undefined) throw new Error(`google_schema.json: ${String(notation.block)}`);
  return {
    kind: 'block',
    nesting: nesting as BlockSchema['nesting'],
    min: Number(min),
    max: max === 'n' ? Number.POSITIVE_INFINITY : Number(max),
    members: membersOf(notation),
  };
}
