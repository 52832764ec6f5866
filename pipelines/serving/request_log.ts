/** What the server says of itself: a line of JSON for each request and each failure, to standard error. Never what was asked for, a token, or data. */
import pino from 'pino';
import type { RequestEntry } from '../../serving/api/options';

export interface RequestLog {
  readonly request: (entry: RequestEntry) => void;
  readonly failure: (requestId: string, error: unknown) => void;
  /** Writes what waits to be written. */
  readonly flush: () => void;
}

/** @param failuresOnly leave requests out */
export function requestLog(failuresOnly: boolean): RequestLog {
  const destination = pino.destination({ dest: 2, sync: false });
  const log = pino(
    {
      base: null,
      level: failuresOnly ? 'warn' : 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  return {
    request: (entry) => log.info(entry, 'request'),
    failure: (request_id, error) => {
      // What a store says of a file speaks for itself; anything else is a defect, and its trace says where.
      const isOutside = error instanceof Error && error.name === 'InputError';
      if (isOutside) log.warn({ request_id, reason: error.message }, 'unavailable');
      else log.error({ request_id, err: error }, 'failed');
    },
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // Standard error is gone, and with it who would read this.
      }
    },
  };
}
