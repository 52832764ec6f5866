/** What runs the graph of a batch: `--runner`, `--job-endpoint` and `--environment`. */
import { isObjectPath } from '../io/gcs/object_path';
import { InputError } from '../io/input_error';
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
    };

/** Where job servers listen unless they are told otherwise. */
const USUAL_ENDPOINTS: Readonly<Record<string, string>> = {
  prism: 'localhost:8073',
  flink: 'localhost:8099',
};

/** @throws InputError where options don't go together */
export function chooseRunner(args: RunArguments): RunnerChoice {
  const { runner, 'job-endpoint': endpoint, environment } = args;
  if (runner !== 'local' && runner !== 'direct') return jobServer(runner, endpoint, environment);
  if (endpoint !== undefined)
    throw new InputError(
      `--job-endpoint ${endpoint} is for --runner prism, flink or portable, and this run has --runner ${runner}. Leave one of them out`,
    );
  if (environment !== undefined)
    throw new InputError(
      `--environment ${environment} is for --runner prism, flink or portable, and this run has --runner ${runner}. Leave one of them out`,
    );
  if (runner === 'direct') requireDirect(args);
  return { name: runner };
}

function jobServer(runner: string, given: string | undefined, environment: string | undefined): RunnerChoice {
  const endpoint = given ?? USUAL_ENDPOINTS[runner];
  if (endpoint === undefined)
    throw new InputError(
      `--runner ${runner} needs a job server: name it, like --job-endpoint localhost:8099`,
    );
  const [, port] = /^[^\s:/]+:(\d{1,5})$/.exec(endpoint) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InputError(`--job-endpoint ${endpoint}: a host and a port were expected, like localhost:8073`);
  return { name: 'job server', runner, endpoint, environment: jobEnvironment(environment) };
}

function jobEnvironment(text: string | undefined): JobEnvironment | null {
  if (text === undefined) return null;
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
