/** terraform/ as it stands: every folder with .tf files is a module, its files taken together as Terraform does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import type { Body } from './argument_check';

export const TERRAFORM = join(__dirname, '..', '..', 'terraform');

/** A resource or data source. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly body: Body;
  /** TYPE.NAME, or data.TYPE.NAME */
  readonly address: string;
}

export interface Module {
  /** Folder below terraform/. */
  readonly path: string;
  /** The .tf files' texts, without comments. */
  readonly text: string;
  readonly variables: ReadonlyMap<string, Body>;
  readonly outputs: ReadonlyMap<string, Body>;
  readonly locals: ReadonlyMap<string, unknown>;
  readonly resources: readonly Resource[];
  readonly dataSources: readonly Resource[];
  /** Modules that it calls, by name. */
  readonly calls: ReadonlyMap<string, Body>;
}

export async function readModules(): Promise<Module[]> {
  const folders = new Set(
    readdirSync(TERRAFORM, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tf') && !file.includes('.terraform'))
      .map((file) => join(TERRAFORM, file, '..')),
  );
  return Promise.all([...folders].sort().map(readModule));
}

/** The module in a folder. @throws Error where a file is not HCL */
export async function readModule(folder: string): Promise<Module> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  const parsed = await Promise.all(files.map(({ file, text }) => parse(file, text)));
  const merged = { variables: new Map(), outputs: new Map(), locals: new Map(), calls: new Map() };
  const resources: Resource[] = [];
  const dataSources: Resource[] = [];
  for (const { variable = {}, output = {}, locals = [], module = {}, resource = {}, data = {} } of parsed) {
    for (const [name, [body]] of Object.entries<Body[]>(variable)) merged.variables.set(name, body);
    for (const [name, [body]] of Object.entries<Body[]>(output)) merged.outputs.set(name, body);
    for (const body of locals as Body[])
      for (const [name, value] of Object.entries(body)) merged.locals.set(name, value);
    for (const [name, [body]] of Object.entries<Body[]>(module)) merged.calls.set(name, body);
    for (const [type, named] of Object.entries<Record<string, Body[]>>(resource))
      for (const [name, [body]] of Object.entries(named))
        resources.push({ type, name, body, address: `${type}.${name}` });
    for (const [type, named] of Object.entries<Record<string, Body[]>>(data))
      for (const [name, [body]] of Object.entries(named))
        dataSources.push({ type, name, body, address: `data.${type}.${name}` });
  }
  return {
    path: relative(TERRAFORM, folder),
    text: files.map(({ text }) => text.replaceAll(/^\s*#.*$/gm, '')).join('\n'),
    resources,
    dataSources,
    ...merged,
  };
}

/** How hcl2json writes an expression. */
export function expression(code: string): string {
  return `\${${code}}`;
}
