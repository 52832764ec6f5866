/**
 * Data that has come and waits for its bundle.
 *
 * Data and the request to process it come over different streams: whichever is first, nothing is lost. What open bundles have not taken yet is bounded: above that the data streams are not read, and the runner has to
 * wait. Data of a bundle that the runner has not asked for yet doesn't count, since it might come no further while it waits.
 */
import type { Elements } from 'apache-beam/proto/beam_fn_api';

/** Bytes that may wait for open bundles before the streams stand still, and to which that has to sink before they go on. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;
const GO_ON_BYTES = MOST_WAITING_BYTES / 2;

/** Ends of bundles that are remembered, so that what comes for them late is let go. */
const MOST_ENDED = 10_000;

/** A part of what came for one input of a bundle. */
export interface InboundPart {
  readonly transformId: string;
  /** Empty for elements. */
  readonly timerFamilyId: string;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** A stream that can be told to wait. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

export class InboundData {
  private readonly inboxes = new Map<string, Inbox>();
  private readonly ended = new Set<string>();
  private readonly streams = new Set<Pausable>();
  private waitingBytes = 0;
  private isPaused = false;

  constructor(private readonly mostWaitingBytes = MOST_WAITING_BYTES) {}

  addStream(stream: Pausable): void {
    this.streams.add(stream);
    if (this.isPaused) stream.pause();
  }

  /** A stream has ended: what open bundles still lack will not come. */
  removeStream(stream: Pausable, reason: Error): void {
    this.streams.delete(stream);
    for (const inbox of this.inboxes.values()) inbox.fail(reason);
  }

  accept({ data, timers }: Elements): void {
    for (const { instructionId, transformId, data: bytes, isLast } of data)
      this.put(instructionId, { transformId, timerFamilyId: '', bytes, isLast });
    for (const { instructionId, transformId, timerFamilyId, timers: bytes, isLast } of timers)
      this.put(instructionId, { transformId, timerFamilyId, bytes, isLast });
  }

  /** The bundle begins: it takes what has come for it and what will. */
  open(instructionId: string): Inbox {
    const inbox = this.inboxOf(instructionId);
    inbox.isOpen = true;
    this.add(inbox.bytes);
    return inbox;
  }

  /** The bundle has ended: what comes for it from now on is let go. */
  close(instructionId: string): void {
    const inbox = this.inboxes.get(instructionId);
    if (inbox === undefined) return;
    this.inboxes.delete(instructionId);
    this.ended.add(instructionId);
    if (this.ended.size > MOST_ENDED) {
      for (const oldest of this.ended) {
        this.ended.delete(oldest);
        break;
      }
    }
    this.add(-inbox.bytes);
  }

  private put(instructionId: string, part: InboundPart): void {
    if (this.ended.has(instructionId)) return;
    const inbox = this.inboxOf(instructionId);
    inbox.put(part);
    if (inbox.isOpen) this.add(part.bytes.length);
  }

  private inboxOf(instructionId: string): Inbox {
    let inbox = this.inboxes.get(instructionId);
    if (inbox === undefined) {
      inbox = new Inbox((bytes) => this.add(-bytes));
      this.inboxes.set(instructionId, inbox);
    }
    return inbox;
  }

  private add(bytes: number): void {
    this.waitingBytes += bytes;
    if (!this.isPaused && this.waitingBytes > this.mostWaitingBytes) {
      this.isPaused = true;
      for (const stream of this.streams) stream.pause();
    } else if (this.isPaused && this.waitingBytes <= Math.min(GO_ON_BYTES, this.mostWaitingBytes / 2)) {
      this.isPaused = false;
      for (const stream of this.streams) stream.resume();
    }
  }
}

/** The parts that have come for one bundle, in their order. */
export class Inbox {
  isOpen = false;
  bytes = 0;
  private parts: InboundPart[] = [];
  private taken = 0;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly onTaken: (bytes: number) => void) {}

  put(part: InboundPart): void {
    this.parts.push(part);
    this.bytes += part.bytes.length;
    this.wake?.();
  }

  /** No more will come. What has come is still handed out. */
  fail(reason: Error): void {
    this.failure ??= reason;
    this.wake?.();
  }

  /** @throws Error where no more will come */
  async take(): Promise<InboundPart> {
    while (this.taken === this.parts.length) {
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
    const part = this.parts[this.taken];
    this.parts[this.taken++] = undefined as never;
    if (this.taken === this.parts.length) {
      this.parts = [];
      this.taken = 0;
    }
    this.bytes -= part.bytes.length;
    this.onTaken(part.bytes.length);
    return part;
  }
}
