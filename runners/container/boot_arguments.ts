/**
 * What a runner starts a container with, by Beam's container contract: flags of its own choice besides the ones that are known here.
 */
import { parseArgs } from 'node:util';
import type { WorkerEndpoints } from '../harness/fn_api/fn_worker';

export interface BootArguments {
  /** The worker's id. */
  readonly id: string;
  readonly endpoints: WorkerEndpoints & { readonly provision: string };
  /** A directory that outlives the container's process. */
  readonly persistent: string | null;
}

/** Flags were not as the contract has them. */
export class BootArgumentsError extends Error {
  override readonly name = 'BootArgumentsError';
}

const FLAGS = [
  'id',
  'provision_endpoint',
  'control_endpoint',
  'logging_endpoint',
  'artifact_endpoint',
  'semi_persist_dir',
] as const;

/** Reads `--flag=value` and `--flag value`. @throws BootArgumentsError where the id or the provision service is missing */
export function parseBootArguments(argv: readonly string[]): BootArguments {
  const options = Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
  const text = (flag: (typeof FLAGS)[number]): string | undefined => {
    const value = values[flag];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [id, provision] = [text('id'), text('provision_endpoint')];
  const missing = [
    ...(id === undefined ? ['--id'] : []),
    ...(provision === undefined ? ['--provision_endpoint'] : []),
  ];
  if (id === undefined || provision === undefined)
    throw new BootArgumentsError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing. This is the entry point of a container that a Beam runner starts: it is told there who it is and where to ask what to do`,
    );
  return {
    id,
    endpoints: { provision, control: text('control_endpoint'), logging: text('logging_endpoint') },
    persistent: text('semi_persist_dir') ?? null,
  };
}
