/** The API's documentation for people, made of its OpenAPI document: every question with its parameters, its answer's fields and a command to try. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<
    Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>
  >;
}

/** What is tried with each question. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'get /v1/funnel': '/v1/funnel?by=brand&grain=total&limit=5',
  'get /v1/brands': '/v1/brands?prefix=r&limit=5',
  'get /v1/anomalies': '/v1/anomalies?type=drop&order=risk&limit=5',
  'get /v1/anomalies/{id}': '/v1/anomalies/2019-10-01T05-0123456789abcdef0123',
  'get /v1/ledger': '/v1/ledger?limit=24',
};

interface ShownDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: object;
  readonly components?: object;
  readonly security?: readonly unknown[];
}

/** @param style where the stylesheet is */
export function docsPage(document: ShownDocument, style: string): string {
  const { info, security } = document;
  const schemas = (document.components as { schemas?: Record<string, Schema> } | undefined)?.schemas ?? {};
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      ...{ path, method, operation },
    })),
  );
  const needsToken = security !== undefined;
  const contents = operations.map(
    ({ path, method }) =>
      `<li><a href="#${anchor(method, path)}"><code>${method.toUpperCase()} ${escaped(path)}</code></a></li>`,
  );
  const sections = operations.map(({ path, method, operation }) =>
    section(path, method, operation, schemas, needsToken && operation.security === undefined),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)} API</title><link rel="stylesheet" href="${escaped(style)}"></head>
<body><main><h1>${escaped(info.title)} API</h1>
<p>Version ${escaped(info.version)}. The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
<p>${inline(info.description ?? '')}</p>
<nav aria-label="Questions"><ul>${contents.join('')}</ul></nav>
${sections.join('\n')}
</main></body></html>
`;
}

function section(
  path: string,
  method: string,
  operation: Operation,
  schemas: Readonly<Record<string, Schema>>,
  needsToken: boolean,
): string {
  const { summary = '', description = '', parameters = [], responses } = operation;
  const rows = parameters.map(({ name, required, description: text = '', schema = {} }) => [
    `<code>${escaped(name)}</code>${required ? ' (required)' : ''}`,
    escaped(kindOf(schema)),
    inline(text),
    schema.default === undefined ? '' : `<code>${escaped(String(schema.default))}</code>`,
  ]);
  const answer = responses['200']?.content?.['application/json']?.schema;
  const fields = answer === undefined ? [] : fieldRows(answer, schemas, '', 0);
  const statuses = Object.entries(responses).map(
    ([status, each]) => `<li>${escaped(status)}: ${inline(each.description ?? '')}</li>`,
  );
  return `<section id="${anchor(method, path)}"><h2><code>${method.toUpperCase()} ${escaped(path)}</code></h2>
<p>${inline(summary)}.</p>
${description
  .split('\n\n')
  .filter((text) => text !== '')
  .map((text) => `<p>${inline(text)}</p>`)
  .join('\n')}
<pre><code>${escaped(command(path, method, needsToken))}</code></pre>
${rows.length === 0 ? '' : table(['Parameter', 'Value', 'What it does', 'If left out'], rows)}
${fields.length === 0 ? '' : `<details><summary>Fields of the answer</summary>${table(['Field', 'Value', 'What it says'], fields)}</details>`}
<ul class="statuses">${statuses.join('')}</ul></section>`;
}

function command(path: string, method: string, needsToken: boolean): string {
  const url = `"$FUNNELPULSE${EXAMPLES[`${method} ${path}`] ?? path}"`;
  const header = needsToken ? ' -H "Authorization: Bearer $FUNNELPULSE_TOKEN"' : '';
  if (method === 'post') return `curl -X POST -H 'Content-Type: application/json' -d '{"token": "…"}' ${url}`;
  if (method === 'delete') return `curl -X DELETE ${url}`;
  return `curl${path === '/v1/live' ? ' -N' : ''}${header} ${url}`;
}

/** Fields of a schema and of those within it, each by its path. */
function fieldRows(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  prefix: string,
  depth: number,
): string[][] {
  const whole = resolved(schema, schemas);
  if (depth > 4) return [];
  if (whole.items !== undefined) return fieldRows(whole.items, schemas, `${prefix}[]`, depth + 1);
  return Object.entries(whole.properties ?? {}).flatMap(([name, each]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [
      [
        `<code>${escaped(path)}</code>`,
        escaped(kindOf(resolved(each, schemas))),
        inline(each.description ?? ''),
      ],
      ...fieldRows(each, schemas, path, depth + 1),
    ];
  });
}

function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const name = schema.$ref?.split('/').pop();
  if (name !== undefined)
    return { ...schemas[name], ...(schema.description && { description: schema.description }) };
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])].filter((part) => part.type !== 'null');
  return parts.length === 0 ? schema : { ...resolved(parts[0], schemas), ...schema };
}

function kindOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  const types = [schema.type ?? []].flat().map((type) => (type === 'array' ? 'list' : type));
  const bounds =
    schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < 2 ** 31
      ? ` ${schema.minimum} to ${schema.maximum}`
      : '';
  const formats = [schema.format ?? [], (schema.anyOf ?? []).map(({ format }) => format ?? [])].flat(2);
  return `${formats.length > 0 ? formats.join(' or ') : types.join(' or ')}${bounds}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

function anchor(method: string, path: string): string {
  return `${method}${path}`.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '');
}

/** Escaped, with `code` between backticks. */
function inline(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
