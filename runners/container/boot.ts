/**
 * The entry point of the container image: asks the runner what it needs to know, then runs a worker for itself and one for each sibling, a process each, since a worker is one thread.
 *
 * Beam's container contract: https://s.apache.org/beam-fn-api-container-contract
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvisionInfo } from 'apache-beam/proto/beam_provision_api';
import { Struct } from 'apache-beam/proto/google/protobuf/struct';
import { LogStream, Severity } from '../harness/fn_api/log_stream';
import { provision } from '../harness/fn_api/provision';
import { type BootArguments, BootArgumentsError, parseBootArguments } from './boot_arguments';
import { type Supervised, supervise } from './supervise';

export const HELP = `Usage: boot --id=ID --provision_endpoint=HOST:PORT [flags of the runner]

The entry point of the worker's container image. A Beam runner (Dataflow, or a job server with
the docker environment) starts it; it runs nothing by itself.

  --id                  the worker's id
  --provision_endpoint  where the runner says what the worker needs to know
  --control_endpoint    where it gives out work, unless the provision service says so
  --logging_endpoint    where log records go, unless the provision service says so
  --semi_persist_dir    directory for the pipeline's options (default: a temporary one)
  --help                show this

Other flags are ignored. A worker process runs for ID and one for each sibling that the runner
names. One that crashes is started again, three times. SIGTERM stops all of them; what has not
ended after five seconds is killed.
`;

/**
 * Boots, and returns the exit code when all workers have ended: 0 where that was well, or asked for; 1 where one crashed too often or the runner can't be reached; 2 for flags that are wrong.
 *
 * @param worker path of a worker's compiled entry, see worker_process.ts
 */
export async function boot(argv: readonly string[], worker: string): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  const stopAll = (): void => stop.abort();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stopAll);
  try {
    const args = parseBootArguments(argv);
    const info = await provision(args.endpoints.provision, args.id);
    return await runWorkers(args, info, worker, stop.signal);
  } catch (error) {
    process.stderr.write(`boot: ${(error as Error).message}\n`);
    return error instanceof BootArgumentsError ? 2 : 1;
  } finally {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, stopAll);
  }
}

async function runWorkers(
  args: BootArguments,
  info: ProvisionInfo | undefined,
  worker: string,
  signal: AbortSignal,
): Promise<number> {
  const logging = info?.loggingEndpoint?.url || args.endpoints.logging;
  const log = logging ? new LogStream(logging, args.id) : null;
  const folder = mkdtempSync(join(args.persistent ?? tmpdir(), 'funnelpulse-worker-'));
  try {
    const environment = { ...process.env, PIPELINE_OPTIONS_FILE: writeOptions(folder, info) };
    const ids = [args.id, ...(info?.siblingWorkerIds ?? []).filter((id) => id !== args.id)];
    const isWell = await supervise(
      ids.map((id) => workerCommand(id, args, worker)),
      {
        environment,
        signal,
        onCrash: (message) => {
          process.stderr.write(`boot: ${message}\n`);
          log?.write({ severity: Severity.ERROR, message });
        },
      },
    );
    return isWell ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    log?.close();
  }
}

/** The pipeline's options go to the workers by file: arguments can be read by everybody on the machine. */
function writeOptions(folder: string, info: ProvisionInfo | undefined): string {
  const file = join(folder, 'pipeline_options.json');
  const options = info?.pipelineOptions === undefined ? {} : Struct.toJson(info.pipelineOptions);
  writeFileSync(file, JSON.stringify(options), { mode: 0o600 });
  return file;
}

function workerCommand(id: string, { endpoints }: BootArguments, worker: string): Supervised {
  const { provision: provisioning, control, logging } = endpoints;
  const flags = [
    `--id=${id}`,
    `--provision_endpoint=${provisioning}`,
    ...(control === undefined ? [] : [`--control_endpoint=${control}`]),
    ...(logging === undefined ? [] : [`--logging_endpoint=${logging}`]),
  ];
  return { id, command: [process.execPath, worker, ...flags] };
}
