/** Whose an output is, and to which stream it is free. */
import { InputError } from './input_error';

/** The run that an output belongs to: the last one that was begun. */
export interface Owner {
  readonly runId: string;
  readonly mode: string;
  /** null in batch. */
  readonly stateId: string | null;
  /** Milliseconds; null for complete. */
  readonly watermark: number | null;
}

/** A stream that wants an output. */
export interface Claimant {
  /** The output as messages name it, and what kind of thing it is. */
  readonly output: string;
  readonly kind: 'file' | 'dataset';
  readonly stateId: string;
  /** Commits that the state holds: one that has some must find its own output. */
  readonly commits: number;
}

/**
 * Looks at an output that is not the stream's own.
 *
 * @param inTheWay where no run is known, looks for what somebody else has put there; null for nothing
 * @throws {InputError} where it is not free either
 */
export async function refuseOther(
  { output, kind, stateId, commits }: Claimant,
  owner: Owner | null,
  inTheWay: () => Promise<string | null>,
): Promise<void> {
  const another = 'choose another --output, or --replace to empty it and take it over';
  if (owner?.mode === 'streaming')
    throw new InputError(
      `${output} belongs to the stream with the state ${owner.stateId}, not ${stateId}. Give the --state of that stream, ${another}`,
    );
  if (owner !== null)
    throw new InputError(
      `${output} was written by a batch run (${owner.runId}): a stream would add to its rows. C${another.slice(1)}`,
    );
  const found = await inTheWay();
  if (found !== null)
    throw new InputError(`${output} has ${found} that no run is known to have written. C${another.slice(1)}`);
  if (commits > 0)
    throw new InputError(
      `${output} holds nothing of the state ${stateId}, which has written ${commits} commits. Name the --output that it wrote to, put the ${kind} back, begin anew with another --state, or go on into an empty one with --replace`,
    );
}
