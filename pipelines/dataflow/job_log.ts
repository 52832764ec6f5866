/** What a watched job tells, as lines of the terminal's error output. */
import type { JobMessage } from '../../runners/dataflow/dataflow_client';
import type { WatchOptions } from '../../runners/dataflow/watch_job';

const MARKS: Readonly<Record<string, string>> = {
  JOB_MESSAGE_WARNING: 'warning: ',
  JOB_MESSAGE_ERROR: 'error: ',
};

/** Writes each state and message as one line, with its time (UTC). */
export function jobLog(write: (line: string) => void): Pick<WatchOptions, 'onState' | 'onMessage'> {
  return {
    onState: (state) => write(`${clock(new Date().toISOString())} the job is ${state}`),
    onMessage: (message) => write(messageLine(message)),
  };
}

export function messageLine({ time, messageText, messageImportance }: JobMessage): string {
  const text = messageText.trim().replace(/\s*\n\s*/g, '\n         ');
  return `${clock(time)} ${MARKS[messageImportance] ?? ''}${text}`;
}

function clock(time: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(time)?.[1] ?? '--:--:--';
}
