/**
 * A process that tells of alerts and dies: between any two things that the world outside sees, a memory written, a message taken. What it leaves is the memory's text; the ledger knows what arrived,
 * and which of that no memory knew of when its process ended.
 */
import type { AlertChannel, AlertMessage, Delivery } from '../../../schema/alert';
import type { AlertMemory, MemoryStore } from '../../../serving/alerts/memory';
import { memoryOf, memoryText } from '../../../serving/alerts/memory_text';

/** What a channel does with a message; `lost`: it takes it, and its answer doesn't come back. */
export type Answer = 'sent' | 'failed' | 'refused' | 'lost';

/** What outlives processes: the memory's text, and all that arrived. */
export class Ledger {
  text: string | null = null;
  /** Messages that a memory has ever held, by id. */
  readonly remembered = new Map<string, AlertMessage>();
  /** How often each has arrived, by channel and id. */
  readonly arrivals = new Map<string, number>();
  /** How often each may come again: it had arrived, and nobody was left who knew. */
  readonly repeats = new Map<string, number>();
  /** What must not happen, and did. */
  readonly wrongs: string[] = [];
  /** Arrived, and still waiting by the text. */
  private readonly unsettled = new Set<string>();

  write(text: string): void {
    this.text = text;
    const { outbox } = memoryOf(text);
    for (const { message } of outbox) this.remembered.set(message.id, message);
    const waiting = new Set(
      outbox.flatMap(({ message, waiting: names }) => names.map((name) => keyOf(name, message.id))),
    );
    for (const key of this.unsettled) if (!waiting.has(key)) this.unsettled.delete(key);
  }

  arrive(channel: string, message: AlertMessage, answer: 'sent' | 'lost'): void {
    const key = keyOf(channel, message.id);
    const outbox = this.text === null ? [] : memoryOf(this.text).outbox;
    const waiting = outbox.find(({ message: { id } }) => id === message.id);
    if (waiting === undefined || !waiting.waiting.includes(channel))
      this.wrongs.push(`${key} is sent, and does not wait for the channel`);
    else if (textOf(waiting.message) !== textOf(message))
      this.wrongs.push(`${key} is another message than the one that is remembered`);
    const arrivals = (this.arrivals.get(key) ?? 0) + 1;
    this.arrivals.set(key, arrivals);
    if (arrivals > 1 + (this.repeats.get(key) ?? 0)) this.wrongs.push(`${key} has arrived ${arrivals} times`);
    if (answer === 'lost') this.mayRepeat(key);
    else this.unsettled.add(key);
  }

  /** A process has ended, in whatever way. Returns how many messages had arrived of which nobody knows. */
  orphan(): number {
    const { size } = this.unsettled;
    for (const key of this.unsettled) this.mayRepeat(key);
    this.unsettled.clear();
    return size;
  }

  private mayRepeat(key: string): void {
    this.repeats.set(key, (this.repeats.get(key) ?? 0) + 1);
  }
}

/** A disk is slower than channels are here, and as slow as a look at the tables: what is not there yet must not be taken to be. */
const WRITE_MS = 3;
/** Tests that make up the time leave this one alone. */
const realTimeout = setTimeout;

export async function realDelay(milliseconds: number): Promise<void> {
  await new Promise((resolve) => realTimeout(resolve, milliseconds));
}

/** Turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

export function keyOf(channel: string, id: string): string {
  return `${channel} ${id}`;
}

/** Messages are the same if this is. */
function textOf(message: AlertMessage): string {
  return JSON.stringify(message, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

export class MortalProcess implements MemoryStore {
  isDead = false;
  readonly died: Promise<'died'>;
  private die: () => void = () => {};
  private writing: Promise<void> = Promise.resolve();

  /** @param lifetime after so many steps it is dead  @param isFull whether the disk is, at a write */
  constructor(
    private readonly ledger: Ledger,
    private lifetime: number,
    private readonly isFull: () => boolean,
  ) {
    this.died = new Promise((resolve) => {
      this.die = () => resolve('died');
    });
  }

  load(): AlertMemory | null {
    return this.ledger.text === null ? null : memoryOf(this.ledger.text);
  }

  /** In the order of the calls, as a file is written. */
  save(memory: AlertMemory): Promise<void> {
    const text = memoryText(memory);
    const written = this.writing.then(async () => {
      await realDelay(WRITE_MS);
      await this.step();
      if (this.isFull()) throw new Error('no space left on the device');
      this.ledger.write(text);
      await this.step();
    });
    this.writing = written.catch(() => {});
    return written;
  }

  channel(name: string, answer: () => Answer): AlertChannel {
    return {
      name,
      send: async (message): Promise<Delivery> => {
        await this.step();
        const outcome = answer();
        if (outcome === 'sent' || outcome === 'lost') this.ledger.arrive(name, message, outcome);
        await this.step();
        if (outcome === 'sent' || outcome === 'refused') return { outcome, reason: 'no' };
        return { outcome: 'failed', reason: 'no answer', afterMs: null };
      },
      close: () => {},
    };
  }

  /** Time in which others act, and in which one may die: then nothing goes on. */
  private async step(): Promise<void> {
    await turns(1);
    if (!this.isDead && this.lifetime-- <= 0) {
      this.isDead = true;
      this.die();
    }
    if (this.isDead) await new Promise(() => {});
  }
}
