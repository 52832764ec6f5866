/** Builds the small graphs of the runners' tests, runs them, and reads what came out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Coder } from 'apache-beam/coders/coders';
import { GeneralObjectCoder } from 'apache-beam/coders/js_coders';
import { StrUtf8Coder, VarIntCoder } from 'apache-beam/coders/standard_coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import {
  counter,
  impulse,
  KVCoder,
  type PCollection,
  Pipeline,
  paneInfoParam,
  parDo,
  Root,
  type SideInputParam,
  timestampParam,
  windowParam,
  withCoderInternal,
  withName,
} from '../../beam/sdk';
import { runDirect } from '../../runners/direct';
import { type LocalRunnerOptions, type RunResult, runLocally } from '../../runners/local';

type Constructor = new (...args: never[]) => object;
/** Classes and functions by name; see registered.js. */
export const fns: Record<string, Constructor> & { timestampOfText: never } = require('./registered');
export const REGISTERED = path.join(__dirname, 'registered.js');

export type Collection = PCollection<unknown>;

export function make(name: string, ...args: unknown[]): never {
  return new (fns[name] as unknown as new (...args: unknown[]) => never)(...args);
}

/** Applies a registered DoFn, by default with text as output. */
export function apply(
  input: Collection,
  name: string,
  doFn: never,
  coder: Coder<unknown> = text,
  context?: object,
): Collection {
  return input
    .apply(withName(name, parDo(doFn, context as never)))
    .apply(withName(`${name}, encoded`, withCoderInternal(coder)));
}

export const text = new StrUtf8Coder() as Coder<unknown>;
export const int = new VarIntCoder() as Coder<unknown>;
export const anything = new GeneralObjectCoder() as Coder<unknown>;
export const keyed = (value: Coder<unknown> = text, key: Coder<unknown> = text) =>
  new KVCoder(key, value) as Coder<unknown>;

export function elements(
  root: Root,
  name: string,
  values: unknown[],
  coder: Coder<unknown> = text,
): Collection {
  const start = root.apply(withName(`${name}, impulse`, impulse())) as Collection;
  return apply(start, name, make('Emit', values), coder);
}

/** What a DoFn may ask about its element. */
export function params() {
  return { window: windowParam(), pane: paneInfoParam(), timestamp: timestampParam() };
}

/** Ends a branch: each element becomes a line of the run's output. */
export function collect(
  input: Collection,
  name: string,
  file: string,
  side?: SideInputParam<never, never, unknown>,
): void {
  const context = { ...params(), seen: counter('collected'), ...(side && { side }) };
  input.apply(withName(name, parDo(make('Collect', file), context as never)));
}

export function pipeline(build: (root: Root) => void): runnerApi.Pipeline {
  const made = new Pipeline();
  build(new Root(made));
  return made.getProto();
}

export interface Line {
  value: unknown;
  window: 'global' | [number, number];
  timestamp: string;
  pane: string;
  side?: unknown;
}

export interface Outcome {
  lines: Line[];
  result: RunResult;
}

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-runners-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

export function newFile(): string {
  const file = path.join(folder, `out-${files++}`);
  writeFileSync(file, '');
  return file;
}

/** The lines of a file, sorted: order means nothing in a PCollection. */
export function linesOf(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).sort();
  return lines.map((line) => JSON.parse(line));
}

/** Runs the graph on the local runner; what is collected into `file` comes back. */
export async function runLocal(
  build: (root: Root, file: string) => void,
  options: Partial<LocalRunnerOptions> = {},
): Promise<Outcome> {
  const file = newFile();
  const result = await runLocally(
    pipeline((root) => build(root, file)),
    { workers: 0, registration: [REGISTERED], ...options },
  );
  return { lines: linesOf(file), result };
}

export async function runOnDirectRunner(build: (root: Root, file: string) => void): Promise<Line[]> {
  const file = newFile();
  await runDirect(pipeline((root) => build(root, file)));
  return linesOf(file);
}

export const values = (lines: Line[]): unknown[] => lines.map(({ value }) => value);
