/** Dead letters, changed or not, once more: to a topic where they still count, to a file where they don't. */
import { readDeadLetters, readLastRun } from '../../io/duckdb/read_dead_letters';
import type { MessageTarget } from '../replay/message_targets';
import type { RecordMessages } from '../replay/record_messages';
import type { Substitution } from './substitution';
import { ndjsonLine, triage } from './triage';

export interface Redrive {
  /** The DuckDB file. */
  readonly file: string;
  /** Only dead letters of this reason; null for all. */
  readonly reason: string | null;
  readonly substitutions: readonly Substitution[];
  readonly messages: RecordMessages;
  /** Where messages and rest go; null only counts. */
  readonly topic: MessageTarget | null;
  readonly rest: MessageTarget | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (redriven: Redriven) => void;
}

/** What became of them so far. */
export interface Redriven {
  /** Dead letters looked at. */
  read: number;
  /** Of them, how many the substitutions have changed. */
  changed: number;
  published: number;
  /** In the rest because their hour takes no events any more. */
  late: number;
  /** In the rest because they would be rejected again, by reason. */
  rejected: Record<string, number>;
}

/** Whether the run takes no events at all any more. */
export async function isComplete(file: string): Promise<boolean> {
  return (await readLastRun(file)).watermark === null;
}

/** Goes through the dead letters that are there now, and returns when all have been handed over, or soon after the signal. The targets are not finished then. */
export async function redriveDeadLetters(redrive: Redrive): Promise<Redriven> {
  const { file, reason, substitutions, messages, topic, rest, signal, onProgress } = redrive;
  const redriven: Redriven = { read: 0, changed: 0, published: 0, late: 0, rejected: {} };
  for await (const page of readDeadLetters(file, reason, Date.now())) {
    // The stream has gone on meanwhile.
    const { watermark, allowed_lateness_ms: allowedLatenessMs } = await readLastRun(file);
    for (const letter of page) {
      if (signal.aborted) return redriven;
      const found = triage(letter, substitutions, messages, { watermark, allowedLatenessMs });
      redriven.read++;
      if (found.changed) redriven.changed++;
      if (found.fate === 'publish') {
        redriven.published++;
        await topic?.write(found.message);
      } else {
        if (found.reason === null) redriven.late++;
        else redriven.rejected[found.reason] = (redriven.rejected[found.reason] ?? 0) + 1;
        await rest?.write({ ...found.message, data: ndjsonLine(found.message.data) });
      }
      onProgress?.(redriven);
    }
  }
  return redriven;
}
