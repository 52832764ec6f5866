/** What a job may be doing. The service knows states that are newer than this list; such a one is not an end. */

/** How a job has ended. */
export type JobEnd = 'done' | 'failed' | 'cancelled' | 'updated' | 'drained';

const ENDS: Readonly<Record<string, JobEnd>> = {
  JOB_STATE_DONE: 'done',
  JOB_STATE_FAILED: 'failed',
  JOB_STATE_CANCELLED: 'cancelled',
  JOB_STATE_UPDATED: 'updated',
  JOB_STATE_DRAINED: 'drained',
};

/** How a job in this state has ended; null where it goes on. Right after it was created it has no state yet. */
export function endOf(state: string | undefined): JobEnd | null {
  return ENDS[state ?? ''] ?? null;
}

/** A state in words: `JOB_STATE_RESOURCE_CLEANING_UP` → `resource cleaning up`. */
export function stateText(state: string | undefined): string {
  if (state === undefined || state === 'JOB_STATE_UNKNOWN') return 'being created';
  return state
    .replace(/^JOB_STATE_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
}
