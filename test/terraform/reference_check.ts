/** Whether the names that a module uses are there: its variables, locals and resources, and the arguments and outputs of the modules that it calls. */
import { join, normalize } from 'node:path';
import type { Module } from './terraform_modules';

const CALL_ARGUMENTS = new Set(['source', 'version', 'count', 'for_each', 'providers', 'depends_on']);

/** What is wrong in a module, one sentence each; `modules` has all that it may call. */
export function referenceFaults(module: Module, modules: readonly Module[]): string[] {
  const { path, variables, locals, outputs } = module;
  const at = (sentence: string): string => `${path}: ${sentence}`;
  const used = (kind: string): Set<string> =>
    new Set([...module.text.matchAll(new RegExp(`\\b${kind}\\.([a-z_0-9]+)`, 'g'))].map(([, name]) => name));
  const declared = new Set([...module.resources, ...module.dataSources].map(({ address }) => address));
  return [
    ...missing(used('var'), variables).map((name) => at(`var.${name} is not declared`)),
    ...missing(variables.keys(), used('var')).map((name) => at(`variable ${name} is never used`)),
    ...missing(used('local'), locals).map((name) => at(`local.${name} is not declared`)),
    ...missing(locals.keys(), used('local')).map((name) => at(`local ${name} is never used`)),
    ...[...module.text.matchAll(/\b(?:data\.)?google_[a-z_0-9]+\.[a-z_0-9]+/g)]
      .filter(([address]) => !declared.has(address))
      .map(([address]) => at(`${address} is not declared`)),
    ...[...variables, ...outputs]
      .filter(([, { description }]) => typeof description !== 'string' || description === '')
      .map(([name]) => at(`${name} has no description`)),
    ...[...variables].filter(([, { type }]) => type === undefined).map(([name]) => at(`${name} has no type`)),
    ...callFaults(module, modules).map(at),
  ];
}

function callFaults({ path, calls, text }: Module, modules: readonly Module[]): string[] {
  return [...calls].flatMap(([name, body]) => {
    const called = modules.find((candidate) => candidate.path === normalize(join(path, String(body.source))));
    if (called === undefined) return [`module ${name}: there is nothing at ${String(body.source)}`];
    const given = Object.keys(body).filter((argument) => !CALL_ARGUMENTS.has(argument));
    const needed = [...called.variables]
      .filter(([, variable]) => !('default' in variable))
      .map(([variable]) => variable);
    const read = [...text.matchAll(new RegExp(`\\bmodule\\.${name}(?:\\[[^\\]]*\\])?\\.([a-z_0-9]+)`, 'g'))];
    return [
      ...missing(given, called.variables).map((argument) => `module ${name} has no variable ${argument}`),
      ...missing(needed, new Set(given)).map((argument) => `module ${name} needs ${argument}`),
      ...missing(
        read.map(([, output]) => output),
        called.outputs,
      ).map((output) => `module ${name} has no output ${output}`),
    ];
  });
}

function missing(names: Iterable<string>, known: { has(name: string): boolean }): string[] {
  return [...new Set(names)].filter((name) => !known.has(name));
}
