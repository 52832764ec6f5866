/** Sends batches through a few connections, again where they were sent in vain, until BigQuery has taken or refused each. */
import type { InputError } from '../../input_error';
import { type GrpcFault, STATUS } from '../../wire/grpc_fault';
import { AppendConnection } from './append_connection';
import type { RowBatch } from './row_batch';
import type { AppendAnswer, RowRefusal, WriteChannel } from './write_channel';
import { backoffMs, isPermanent, writeError } from './write_fault';

export interface PoolLimits {
  /** Connections at most. All tables share them. */
  readonly connections: number;
  /** Requests without an answer per connection; one is always let through. */
  readonly requests: number;
  /** The same in bytes. */
  readonly bytes: number;
  /** How long an answer may take, milliseconds. */
  readonly answerMs: number;
  /** How long one request is sent again before it is given up, milliseconds. */
  readonly patienceMs: number;
  /** How long a table that was made a moment ago may not be known to the Storage Write API yet, milliseconds. */
  readonly unknownTableMs: number;
}

export interface PoolListener {
  taken(batch: RowBatch): void;
  /** None of the rows was taken; those that are not refused have to be sent again. */
  refused(batch: RowBatch, rows: readonly RowRefusal[]): void;
  /** Nothing can be written any more. */
  failed(error: InputError): void;
}

export class AppendPool {
  private readonly ready: RowBatch[] = [];
  private readonly connections = new Set<AppendConnection>();
  private readonly delays = new Set<NodeJS.Timeout>();
  /** Connections that broke without one answer, since the last rows were taken. */
  private broken = 0;
  /** Tables that have taken rows before. */
  private readonly known = new Set<string>();
  private isOver = false;

  constructor(
    private readonly channel: WriteChannel,
    private readonly dataset: string,
    private readonly limits: PoolLimits,
    private readonly listener: PoolListener,
  ) {}

  submit(batch: RowBatch): void {
    this.ready.push(batch);
    this.send();
  }

  close(): void {
    this.isOver = true;
    for (const delay of this.delays) clearTimeout(delay);
    for (const connection of this.connections) connection.close();
    this.connections.clear();
  }

  private send(): void {
    while (!this.isOver && this.ready.length > 0) {
      const connection = this.free(this.ready[0]);
      if (connection === null) return;
      connection.send(this.ready.shift()!);
    }
  }

  /** The connection that owes least, a new one where all are at work, null where there is no room. */
  private free(batch: RowBatch): AppendConnection | null {
    const { connections, requests, bytes, answerMs } = this.limits;
    const all = [...this.connections];
    const idle = all.find((connection) => connection.requests === 0);
    if (idle !== undefined) return idle;
    if (all.length < connections) {
      const made: AppendConnection = new AppendConnection(this.channel, batch.destination, answerMs, {
        answered: (answered, answer) => this.answered(answered, answer),
        ended: (fault, unanswered) => this.ended(made, fault, unanswered),
      });
      this.connections.add(made);
      return made;
    }
    const free = all.filter(
      (connection) => connection.requests < requests && connection.bytes + batch.bytes <= bytes,
    );
    return free.sort((a, b) => a.bytes - b.bytes)[0] ?? null;
  }

  private answered(batch: RowBatch, { fault, refused }: AppendAnswer): void {
    if (this.isOver) return;
    if (fault === null) {
      this.progress(batch);
      this.listener.taken(batch);
    } else if (refused.length > 0) {
      this.progress(batch);
      this.listener.refused(batch, refused);
    } else this.failedOnce(batch, fault);
    this.send();
  }

  private progress({ destination }: RowBatch): void {
    this.broken = 0;
    this.known.add(destination.stream);
  }

  private ended(connection: AppendConnection, fault: GrpcFault, unanswered: readonly RowBatch[]): void {
    this.connections.delete(connection);
    if (this.isOver) return;
    const attempts = Math.floor(this.broken / this.limits.connections);
    if (!connection.hasAnswered) this.broken++;
    // What can't be put right by trying again is about the oldest request: the others were sent behind it.
    const [first, ...others] = unanswered;
    const passing = isPermanent(fault) ? { ...fault, code: STATUS.ABORTED } : fault;
    if (first !== undefined) this.failedOnce(first, fault, attempts);
    for (const batch of others) this.failedOnce(batch, passing, attempts);
    this.send();
  }

  /** @param broken how often all connections broke before this one */
  private failedOnce(batch: RowBatch, fault: GrpcFault, broken = 0): void {
    if (this.isOver) return;
    batch.failingSince ??= Date.now();
    const waitedMs = Date.now() - batch.failingSince;
    const mayBeNew =
      fault.code === STATUS.NOT_FOUND &&
      !this.known.has(batch.destination.stream) &&
      waitedMs < this.limits.unknownTableMs;
    if ((isPermanent(fault) && !mayBeNew) || waitedMs > this.limits.patienceMs) {
      this.close();
      const { table } = batch.destination;
      this.listener.failed(
        writeError(fault, {
          dataset: this.dataset,
          table: table.name,
          endpoint: this.channel.endpoint,
        }),
      );
      return;
    }
    const delay = setTimeout(
      () => {
        this.delays.delete(delay);
        this.ready.push(batch);
        this.send();
      },
      backoffMs(fault, Math.max(batch.attempts, broken)),
    );
    this.delays.add(delay);
    batch.attempts++;
  }
}
