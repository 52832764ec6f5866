/** What a state belongs to, written into it when it is made: a state that another graph or other parameters have made is never gone on with. */
import { StateError } from './state_error';

export interface StateIdentity {
  /** Identity of the state; left out: what the folder holds, or a new one. */
  readonly stateId?: string;
  /** What the form of the state depends on besides the graph, like shards, slot or format of the accumulator: name → value. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Unique name of each step that keeps state → fingerprint of all that its state depends on. */
  readonly steps: Readonly<Record<string, string>>;
}

/** The identity as it is kept. */
export type KeptIdentity = Required<StateIdentity> & {
  /** Version of the form of keys and values in the store. */
  readonly format: number;
};

/** Version of the form of keys and values that this program reads and writes. */
export const FORMAT = 1;

/** Differences that a message lists before it only counts. */
const MOST_LISTED = 3;

/** @throws {StateError} where `folder` holds a state that a run of this identity can't go on with; the message names each step or parameter that differs, with what was and what is. */
export function checkIdentity(folder: string, kept: KeptIdentity, wanted: StateIdentity): void {
  if (kept.format !== FORMAT)
    throw new StateError(
      `the state in ${folder} has format ${kept.format}, this program reads format ${FORMAT}. Go on with the program that made it, ${waysOn(folder)}`,
    );
  if (wanted.stateId !== undefined && kept.stateId !== wanted.stateId)
    throw new StateError(
      `${folder} holds the state ${kept.stateId}, not ${wanted.stateId}. Name the folder of that one, ${waysOn(folder)}`,
    );
  const all = [
    ...differences('the parameter', kept.parameters, wanted.parameters),
    ...differences('the step', kept.steps, wanted.steps),
  ];
  if (all.length === 0) return;
  const listed = all.slice(0, MOST_LISTED).join(', ');
  const more = all.length > MOST_LISTED ? `, and ${all.length - MOST_LISTED} more` : '';
  throw new StateError(
    `the state in ${folder} was made by another pipeline: ${listed}${more}. Go back to what made it, ${waysOn(folder)}`,
  );
}

/** What to do where a state can't be gone on with. */
function waysOn(folder: string): string {
  return `name another --state, or delete ${folder} to begin anew`;
}

function differences(
  what: string,
  kept: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(wanted)])].sort();
  return names
    .filter((name) => kept[name] !== wanted[name])
    .map((name) => {
      if (kept[name] === undefined) return `${what} “${name}” is new`;
      if (wanted[name] === undefined) return `${what} “${name}” is gone`;
      return `${what} “${name}” was ${kept[name]} and is ${wanted[name]}`;
    });
}

export function encodeIdentity(identity: KeptIdentity): Uint8Array {
  return Buffer.from(JSON.stringify(identity), 'utf8');
}

/** The identity that was kept; null where the bytes are none. */
export function decodeIdentity(bytes: Uint8Array): KeptIdentity | null {
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<KeptIdentity> | null;
    const { format, stateId, parameters, steps } = kept ?? {};
    if (typeof format !== 'number') return null;
    // Another format may have other fields; its number is all that is needed to refuse it.
    if (format !== FORMAT) return { format, stateId: '', parameters: {}, steps: {} };
    if (typeof stateId !== 'string' || !isTexts(parameters) || !isTexts(steps)) return null;
    return { format, stateId, parameters, steps };
  } catch {
    return null;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
