/** What runs the graph of a batch: `--runner` and what belongs to it. */
import { isObjectPath } from '../io/gcs/object_path';
import { InputError } from '../io/input_error';
import type { JobOption } from '../runners/portable';
import type { JobEnvironment } from '../runners/portable/environment';
import type { RunArguments } from './run_arguments';

export type RunnerChoice =
  | { readonly name: 'local' | 'direct' }
  | {
      /** A Beam job server. */
      readonly name: 'job server';
      /** As the user calls it: prism, flink, portable. */
      readonly runner: string;
      readonly endpoint: string;
      /** Where its workers are; null: in this process. */
      readonly environment: JobEnvironment | null;
      /** The runner's own options. */
      readonly options: Readonly<Record<string, JobOption>>;
    };

/** Where job servers listen unless they are told otherwise. */
const USUAL_ENDPOINTS: Readonly<Record<string, string>> = {
  prism: 'localhost:8073',
  flink: 'localhost:8099',
};

/** @throws InputError where options don't go together */
export function chooseRunner(args: RunArguments): RunnerChoice {
  const { runner, 'job-endpoint': endpoint, environment, 'job-option': options } = args;
  if (runner !== 'local' && runner !== 'direct')
    return {
      ...{ name: 'job server', runner, endpoint: jobEndpoint(runner, endpoint) },
      environment: environment === undefined ? null : jobEnvironment(environment),
      options: jobOptions(options ?? []),
    };
  if (endpoint !== undefined)
    throw new InputError(
      `--job-endpoint ${endpoint} is for --runner prism, flink or portable, and this run has --runner ${runner}. Leave one of them out`,
    );
  if (options !== undefined && options.length > 0)
    throw new InputError(
      `--job-option ${options[0]} is for --runner prism, flink or portable, and this run has --runner ${runner}. Leave one of them out`,
    );
  if (environment !== undefined)
    throw new InputError(
      `--environment ${environment} is for --runner prism, flink or portable, and this run has --runner ${runner}. Leave one of them out`,
    );
  if (runner === 'direct') requireDirect(args);
  return { name: runner };
}

function jobEndpoint(runner: string, given: string | undefined): string {
  const endpoint = given ?? USUAL_ENDPOINTS[runner];
  if (endpoint === undefined)
    throw new InputError(
      `--runner ${runner} needs a job server: name it, like --job-endpoint localhost:8099`,
    );
  const [, port] = /^[^\s:/]+:(\d{1,5})$/.exec(endpoint) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InputError(`--job-endpoint ${endpoint}: a host and a port were expected, like localhost:8073`);
  return endpoint;
}

function jobOptions(texts: readonly string[]): Record<string, JobOption> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([A-Za-z]\w*)=(.*)$/.exec(text) ?? [];
      if (name === undefined)
        throw new InputError(`--job-option ${text}: NAME=VALUE was expected, like parallelism=2`);
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
    }),
  );
}

function jobEnvironment(text: string): JobEnvironment {
  const [, address] = /^external:([^\s/]+:\d{1,5})$/.exec(text) ?? [];
  if (address !== undefined) return { kind: 'external', address };
  const [, image] = /^docker:(\S+)$/.exec(text) ?? [];
  if (image !== undefined) return { kind: 'docker', image };
  throw new InputError(
    `--environment ${text}: external:HOST:PORT or docker:IMAGE was expected, like external:localhost:50000`,
  );
}

/** The SDK's own runner looks side inputs up in the main input's window, or in the global one, and waits for no promise. */
function requireDirect({ baseline, input }: RunArguments): void {
  const object = input.find(isObjectPath);
  if (object !== undefined)
    throw new InputError(
      `--runner direct can’t read ${object}: the SDK’s runner waits for no answer of a service. Choose --runner local`,
    );
  if (baseline === 'trailing')
    throw new InputError(
      '--runner direct can’t look up a trailing baseline: the SDK’s runner knows no earlier windows of a side input. Choose --runner local, or --baseline run or a file',
    );
}
