/** Alerts of a streaming run: what `--alert` and its options say, and the watch over what the run writes. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { alertChannels } from '../../io/alerts/destination';
import { MemoryFile } from '../../io/alerts/memory_file';
import { DAY_MS } from '../../schema/events';
import { AlertDesk } from '../../serving/alerts/desk';
import { type AlertWatch, watchForAlerts } from '../../serving/alerts/watch';
import type { Served } from '../../serving/served';
import { requireWhole } from '../option_values';
import type { StreamOutput } from '../outputs/stream_output';
import type { RunArguments } from '../run_arguments';
import { parseAmount, parseSince } from './alert_options';
import { freshMemoryId, storedMemory } from './stored_memory';

/** What of the arguments of `run` is about alerts. */
type StreamAlertArguments = Pick<
  RunArguments,
  'alert' | 'alert-since' | 'alert-limit' | 'min-revenue-at-risk'
>;

export interface StreamAlertOptions {
  readonly output: Pick<StreamOutput, 'lookEveryMs'>;
  /** Folder of the stream's state: the memory stands beside it. */
  readonly state: string;
  readonly allowedLatenessMs: number;
  /** Start of the run, milliseconds since 1970. */
  readonly startedAt: number;
  /** Told one line about what goes wrong. */
  readonly say: (line: string) => void;
}

/** Begins to watch; to be called when the stream has its state. @throws {InputError} where the memory can't be read */
export type StartAlerts = (served: Pick<Served, 'name' | 'read' | 'onChange'>) => AlertWatch;

/** Without an earlier start, this much of the past is news. */
const FIRST_MS = DAY_MS;
/** A stream that was stopped for longer tells nothing of what is further back. */
const LONGEST_MS = 7 * DAY_MS;
/** Rows change for as long as events may be late, and some time for what waits beside. */
const GRACE_MS = DAY_MS;

/** @returns null where nobody is to be told. @throws {InputError} about the first option that can't be taken */
export function streamAlerts(args: StreamAlertArguments, options: StreamAlertOptions): StartAlerts | null {
  const { output, state, allowedLatenessMs, startedAt, say } = options;
  const minRevenueAtRisk = parseAmount('min-revenue-at-risk', args['min-revenue-at-risk']);
  const limit = requireWhole('alert-limit', args['alert-limit'], 1, 1000);
  const given = args['alert-since'] === undefined ? null : parseSince('alert-since', args['alert-since']);
  const channels = alertChannels('alert', args.alert ?? [], process.env);
  if (channels.length === 0) return null;
  return (served) => {
    const file = `${path.resolve(state)}.alerts.json`;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const desk = new AlertDesk({
      ...{ output: served.name, channels, limit, minRevenueAtRisk, say },
      // Who has the state has what stands beside it.
      memory: storedMemory(file, MemoryFile.ownedWith(file)),
      newId: freshMemoryId(),
      since: ({ since }) => given ?? Math.max(since ?? startedAt - FIRST_MS, startedAt - LONGEST_MS),
      until: null,
      lookBackMs: allowedLatenessMs + GRACE_MS,
    });
    return watchForAlerts({ served, desk, say, everyMs: output.lookEveryMs });
  };
}
