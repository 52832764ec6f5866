import { type GrpcFault, STATUS } from '../../wire/grpc_fault';
import type { Destination } from './append_request';
import type { RowBatch } from './row_batch';
import type { AppendAnswer, AppendCall, WriteChannel } from './write_channel';

export interface ConnectionListener {
  answered(batch: RowBatch, answer: AppendAnswer): void;
  /** The connection is over; these batches have had no answer, the oldest first. */
  ended(fault: GrpcFault, unanswered: readonly RowBatch[]): void;
}

/** One AppendRows call, which batches of several tables share, and the batches that it owes an answer. */
export class AppendConnection {
  private readonly call: AppendCall;
  /** It has come about. */
  hasAnswered = false;
  private readonly unanswered: RowBatch[] = [];
  private unansweredBytes = 0;
  private last: Destination | null = null;
  private deadline: NodeJS.Timeout | undefined;

  /** @param answerMs how long an answer may take before the connection counts as broken */
  constructor(
    channel: WriteChannel,
    first: Destination,
    private readonly answerMs: number,
    private readonly listener: ConnectionListener,
  ) {
    this.call = channel.append(
      first.stream,
      (answer) => this.answer(answer),
      (fault) => this.end(fault),
    );
  }

  get requests(): number {
    return this.unanswered.length;
  }

  get bytes(): number {
    return this.unansweredBytes;
  }

  send(batch: RowBatch): void {
    const { destination, ranges } = batch;
    this.unanswered.push(batch);
    this.unansweredBytes += batch.bytes;
    if (this.unanswered.length === 1) this.watch();
    this.call.write(destination.request(ranges, destination !== this.last));
    this.last = destination;
  }

  /** Ends it; nothing is told any more. */
  close(): void {
    clearTimeout(this.deadline);
    this.call.cancel();
  }

  private answer(answer: AppendAnswer): void {
    this.hasAnswered = true;
    const batch = this.unanswered.shift();
    if (batch === undefined) return;
    this.unansweredBytes -= batch.bytes;
    this.watch();
    this.listener.answered(batch, answer);
  }

  private end(fault: GrpcFault): void {
    clearTimeout(this.deadline);
    this.listener.ended(fault, this.unanswered.splice(0));
  }

  /** The time runs for the oldest request, from its sending or the answer before. */
  private watch(): void {
    clearTimeout(this.deadline);
    if (this.unanswered.length === 0) return;
    this.deadline = setTimeout(() => {
      this.call.cancel();
      this.end({ code: STATUS.DEADLINE_EXCEEDED, details: `no answer within ${this.answerMs} ms` });
    }, this.answerMs);
  }
}
