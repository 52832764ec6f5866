/** What is told to everybody who watches: that the tables have changed, and how the stream that writes them is. It looks only while somebody watches, and once for all of them. */
import { momentOf } from '../questions/moment';
import type { Served } from '../served';
import { versionOf } from './coverage';

/** Milliseconds between two looks at tables that change and change. */
const LOOK_MS = 250;
const STATUS_MS = 1000;
const HEARTBEAT_MS = 15_000;
/** Milliseconds after which a browser connects again. */
const RETRY_MS = 2000;
/** Events that wait for somebody who reads too slowly; one more, and the connection ends. */
const MOST_WAITING = 64;

type Watcher = ReadableStreamDefaultController<Uint8Array>;

export class LiveFeed {
  private readonly watchers = new Set<Watcher>();
  private readonly encoder = new TextEncoder();
  private stopWatching: (() => void) | undefined;
  private timers: NodeJS.Timeout[] = [];
  private look: NodeJS.Timeout | undefined;
  private looking = false;
  private lookAgain = false;
  private version: string | null = null;
  private status = '';
  private sent = 0;

  constructor(
    private readonly served: Served,
    private readonly most: number,
  ) {}

  /** Whether one more may watch. */
  get hasRoom(): boolean {
    return this.watchers.size < this.most;
  }

  get size(): number {
    return this.watchers.size;
  }

  /** A stream of events, from now until who reads it stops, or {@link close}. */
  watch(): ReadableStream<Uint8Array> {
    let own: Watcher;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          own = controller;
          this.watchers.add(own);
          if (this.watchers.size === 1) this.begin();
          this.give(own, `retry: ${RETRY_MS}\n\n`);
          if (this.version !== null) this.give(own, this.tablesEvent(this.version));
          this.give(own, this.event('status', this.statusText()));
        },
        cancel: () => this.remove(own),
      },
      { highWaterMark: MOST_WAITING },
    );
  }

  /** Ends all streams. */
  close(): void {
    for (const watcher of [...this.watchers]) this.end(watcher);
  }

  private begin(): void {
    this.stopWatching = this.served.onChange(() => this.lookSoon());
    this.status = this.statusText();
    this.timers = [
      setInterval(() => this.tellStatus(), STATUS_MS),
      setInterval(() => this.tell(': still here\n\n'), HEARTBEAT_MS),
    ];
    this.version = null;
    void this.lookNow();
  }

  private stop(): void {
    this.stopWatching?.();
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.look);
    this.timers = [];
    this.look = undefined;
  }

  private lookSoon(): void {
    if (this.look !== undefined) return;
    this.look = setTimeout(() => {
      this.look = undefined;
      void this.lookNow();
    }, LOOK_MS);
  }

  /** Asks which version there is, and tells it where it is a new one. */
  private async lookNow(): Promise<void> {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.looking = true;
    try {
      const version = versionOf(await this.served.read(momentOf));
      if (version !== this.version) this.tell(this.tablesEvent(version));
      this.version = version;
    } catch {
      // Not readable now: what makes it so again is a change, too, and an answer says why.
    } finally {
      this.looking = false;
    }
    if (this.lookAgain && this.watchers.size > 0) this.lookSoon();
    this.lookAgain = false;
  }

  private tellStatus(): void {
    const text = this.statusText();
    if (text === this.status) return;
    this.status = text;
    this.tell(this.event('status', text));
  }

  private statusText(): string {
    return JSON.stringify(this.served.status());
  }

  private tablesEvent(version: string): string {
    return this.event('tables', JSON.stringify({ version }));
  }

  private event(name: string, data: string): string {
    this.sent++;
    return `id: ${this.sent}\nevent: ${name}\ndata: ${data}\n\n`;
  }

  private tell(text: string): void {
    for (const watcher of [...this.watchers]) this.give(watcher, text);
  }

  private give(watcher: Watcher, text: string): void {
    if ((watcher.desiredSize ?? 0) <= 0) this.end(watcher);
    else watcher.enqueue(this.encoder.encode(text));
  }

  private end(watcher: Watcher): void {
    this.remove(watcher);
    watcher.close();
  }

  private remove(watcher: Watcher): void {
    if (this.watchers.delete(watcher) && this.watchers.size === 0) this.stop();
  }
}
