/** A worker's log records, on their way to the runner. Nothing waits for them, and a runner that doesn't take them stops nothing. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import {
  type LogControl,
  type LogEntry,
  type LogEntry_List,
  LogEntry_Severity_Enum as Severity,
} from 'apache-beam/proto/beam_fn_api';
import { Channel } from './channel';
import { RUNNER_METHODS } from './services';

export { Severity };

/** Records handed over and not yet sent, above which new ones are dropped, and counted. */
const MOST_UNSENT = 1000;

export interface LogRecord {
  readonly severity: Severity;
  readonly message: string;
  /** Where it came from in the code, if it is an error. */
  readonly stack?: string | undefined;
  readonly instructionId?: string;
  /** The runner's id of the step. */
  readonly transformId?: string | undefined;
}

export interface Log {
  write(record: LogRecord): void;
}

export class LogStream implements Log {
  private readonly channel: Channel;
  private readonly call: ClientDuplexStream<LogEntry_List, LogControl>;
  private unsent = 0;
  private dropped = 0;
  private isOver = false;

  constructor(address: string, workerId: string) {
    this.channel = new Channel(address, workerId);
    this.call = this.channel.open(RUNNER_METHODS.logging);
    this.call.on('data', () => undefined);
    this.call.on('end', () => {
      this.isOver = true;
    });
    this.call.on('error', () => {
      this.isOver = true;
    });
  }

  write(record: LogRecord): void {
    if (this.isOver) return;
    if (this.unsent >= MOST_UNSENT) {
      this.dropped++;
      return;
    }
    const logEntries = [entryOf(record)];
    if (this.dropped > 0) {
      const message = `${this.dropped} log records were dropped, since the runner took them too slowly`;
      logEntries.unshift(entryOf({ severity: Severity.WARN, message }));
      this.dropped = 0;
    }
    this.unsent++;
    this.call.write({ logEntries }, () => {
      this.unsent--;
    });
  }

  close(): void {
    this.isOver = true;
    this.call.end();
    this.channel.close();
  }
}

function entryOf({ severity, message, stack, instructionId, transformId }: LogRecord): LogEntry {
  const now = Date.now();
  return {
    severity,
    message,
    timestamp: { seconds: BigInt(Math.floor(now / 1000)), nanos: (now % 1000) * 1_000_000 },
    trace: stack ?? '',
    instructionId: instructionId ?? '',
    transformId: transformId ?? '',
    logLocation: '',
    thread: '',
  };
}
