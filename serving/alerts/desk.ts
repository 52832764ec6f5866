/**
 * Decides what to tell, writes it down, and sends it by a courier per channel. What is to be sent is stored before, and what was sent after: who is killed in between sends that one message again, with its id.
 */
import type { AlertChannel } from '../../schema/alert';
import type { Store } from '../questions/store';
import { Courier } from './courier';
import { decide } from './decide';
import { LEAD_MS, look } from './look';
import {
  type AlertMemory,
  bounded,
  forChannels,
  type MemoryStore,
  newMemory,
  type Outgoing,
  pruned,
  room,
  roomIn,
  settled,
  write,
} from './memory';

export interface DeskOptions {
  /** The output as the user named it. */
  readonly output: string;
  readonly channels: readonly AlertChannel[];
  readonly memory: MemoryStore;
  /** Name for a memory that is begun: letters and digits that no other has. */
  readonly newId: string;
  /** From which on episodes are told, milliseconds since 1970, by what the memory says. */
  readonly since: (remembered: Pick<AlertMemory, 'since' | 'closed'>) => number;
  /** Nothing that ended later is looked at, milliseconds since 1970; null for no such limit. */
  readonly until: number | null;
  /** Ten-thousandths. */
  readonly minRevenueAtRisk: bigint;
  /** Most messages in a minute, at least 1. */
  readonly limit: number;
  /** How far behind the last closed hour rows may still change, milliseconds; null: anywhere, all is looked at from `since` on. */
  readonly lookBackMs: number | null;
  /** Told one line about a channel. */
  readonly say: (line: string) => void;
  readonly now?: () => number;
}

export class AlertDesk {
  private memory: AlertMemory;
  /** What is sure to outlive a crash: only what stands in here is sent. */
  private stored: AlertMemory;
  private readonly couriers: readonly Courier[];
  private readonly now: () => number;
  private readonly since: number;

  /** @throws what the memory's store throws */
  constructor(private readonly options: DeskOptions) {
    const { channels, say } = options;
    const names = channels.map(({ name }) => name);
    const loaded = options.memory.load() ?? newMemory(options.newId);
    this.since = options.since(loaded);
    this.memory = { ...forChannels(loaded, names), since: this.since };
    this.stored = loaded;
    this.now = options.now ?? Date.now;
    this.couriers = channels.map(
      (channel) =>
        new Courier(channel, {
          say,
          now: this.now,
          waiting: () => this.waitingFor(channel.name),
          settle: (id) => this.keep((memory) => settled(memory, id, channel.name)),
        }),
    );
  }

  /** Messages that have not reached all channels. */
  get outbox(): readonly Outgoing[] {
    return this.memory.outbox;
  }

  /** When there is room for more messages, milliseconds from now; 0: there is. */
  get roomInMs(): number {
    const now = this.now();
    return room(this.memory, { limit: this.options.limit, now }) > 0 ? 0 : roomIn(this.memory, now);
  }

  /**
   * Looks at the tables and writes down what there is to tell. Returns how many statements there were. Sends nothing yet.
   *
   * @throws what the store throws, and what the memory's store does; then nothing is told
   */
  async examine(store: Store): Promise<number> {
    const { output, channels, until, limit, minRevenueAtRisk, lookBackMs } = this.options;
    const { closed, told } = this.memory;
    const horizon =
      lookBackMs === null || closed === null
        ? this.since - LEAD_MS
        : Math.max(this.since - LEAD_MS, closed - lookBackMs - LEAD_MS);
    const seen = await look(store, { from: horizon, until }, told);
    if (seen === null) return 0;
    let { next } = this.memory;
    const rules = { since: this.since, minRevenueAtRisk };
    const decided = decide(seen, told, rules, () => `${this.memory.id}-${next++}`);
    const isNews = decided.statements.length > 0 || this.stored !== this.memory;
    if (!isNews && seen.closed === closed) return 0;
    await this.keep((memory) => {
      const { say } = this.options;
      const names = channels.map(({ name }) => name);
      const written = write({ ...memory, next }, decided.statements, {
        ...{ output, channels: names, limit, now: this.now() },
      });
      const givenUp = written.outbox.length - bounded(written).outbox.length;
      if (givenUp > 0) say(`gave up ${givenUp} messages, of too many that could not be sent`);
      const lastClosed = Math.max(seen.closed, memory.closed ?? seen.closed);
      return pruned(
        { ...bounded(written), told: decided.told, closed: lastClosed },
        lookBackMs === null ? Number.NEGATIVE_INFINITY : horizon,
      );
    });
    return decided.statements.length;
  }

  /** Sends what waits, and what will, until {@link stop}. */
  start(): void {
    for (const courier of this.couriers) courier.start();
  }

  /** There may be something to send. */
  wake(): void {
    for (const courier of this.couriers) courier.wake();
  }

  /** Ends the sending when nothing waits any more, or after `patienceMs`. Returns how many messages have not reached a channel: they are in the memory. */
  async stop(patienceMs: number): Promise<number> {
    await Promise.all(this.couriers.map((courier) => courier.stop(patienceMs)));
    for (const channel of this.options.channels) channel.close();
    return this.memory.outbox.length;
  }

  private waitingFor(channel: string): readonly Outgoing['message'][] {
    return this.stored.outbox
      .filter(({ waiting }) => waiting.includes(channel))
      .map(({ message }) => message);
  }

  /** The change is in force at once, and stored when the promise is kept. What could not be stored is with the next change. */
  private async keep(change: (memory: AlertMemory) => AlertMemory): Promise<void> {
    this.memory = change(this.memory);
    const memory = this.memory;
    await this.options.memory.save(memory);
    this.stored = memory;
  }
}
