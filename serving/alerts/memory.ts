/** What alerts have to remember: what was told, and what is still to be sent. A value; every change makes a new one, which is stored before anything is done about it. */
import type { AlertMessage, AlertStatement } from '../../schema/alert';
import type { ToldEpisode } from './told';

export interface AlertMemory {
  /** The memory's own name, in the ids of all it makes. */
  readonly id: string;
  /** Number of the next id. */
  readonly next: number;
  /** From which on episodes are told, milliseconds since 1970; null before that was decided. */
  readonly since: number | null;
  /** Up to when hours were closed when the tables were last looked at. */
  readonly closed: number | null;
  readonly told: readonly ToldEpisode[];
  /** Messages that have not reached all channels, in their order. */
  readonly outbox: readonly Outgoing[];
  /** When messages were written of late, milliseconds since 1970. */
  readonly recent: readonly number[];
}

export interface Outgoing {
  readonly message: AlertMessage;
  /** Channels, by name, that it is still to reach. */
  readonly waiting: readonly string[];
}

/** Where a memory is kept. */
export interface MemoryStore {
  /** Null where there is none yet. */
  load(): AlertMemory | null;
  /** When the promise is kept, a crash can't undo it. */
  save(memory: AlertMemory): Promise<void>;
}

/** @param id of letters and digits, one that no other memory has */
export function newMemory(id: string): AlertMemory {
  return { id, next: 1, since: null, closed: null, told: [], outbox: [], recent: [] };
}

/** Beyond so many messages in a minute, statements are told in one. */
const RECENT_MS = 60_000;

export interface WriteOptions {
  readonly output: string;
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Most messages in a minute, at least 1. */
  readonly limit: number;
  /** Time of day, milliseconds since 1970. */
  readonly now: number;
}

/** How many messages may be written now. */
export function room({ recent }: AlertMemory, { limit, now }: Pick<WriteOptions, 'limit' | 'now'>): number {
  return limit - recent.filter((at) => isRecent(at, now)).length;
}

/** When there is room again, milliseconds from now. */
export function roomIn({ recent }: AlertMemory, now: number): number {
  return Math.max(0, Math.min(...recent.filter((at) => isRecent(at, now))) + RECENT_MS - now);
}

/** A clock that was set back makes nothing recent for longer than a minute. */
function isRecent(at: number, now: number): boolean {
  return Math.abs(now - at) < RECENT_MS;
}

/** Statements become messages that wait for all channels. What there is no room for goes into one digest, which there is always room for. */
export function write(
  memory: AlertMemory,
  statements: readonly AlertStatement[],
  options: WriteOptions,
): AlertMemory {
  if (statements.length === 0) return memory;
  const { output, channels, now } = options;
  const ordered = [...statements].sort(byRisk);
  const free = room(memory, options);
  const alone = ordered.length <= free ? ordered.length : Math.max(0, free - 1);
  const rest = ordered.slice(alone);
  const messages: AlertMessage[] = ordered.slice(0, alone).map((one) => ({
    ...{ id: `${one.episode.id}-${one.number}`, output, at: now, statements: [one], omitted: 0 },
  }));
  if (rest.length > 0)
    messages.push({
      ...{ id: `${memory.id}-digest-${memory.next}`, output, at: now },
      ...{ statements: rest.slice(0, MOST_IN_DIGEST), omitted: Math.max(0, rest.length - MOST_IN_DIGEST) },
    });
  return {
    ...memory,
    next: memory.next + 1,
    outbox: [...memory.outbox, ...messages.map((message) => ({ message, waiting: channels }))],
    recent: [...memory.recent.filter((at) => isRecent(at, now)), ...messages.map(() => now)],
  };
}

/** A digest holds so many statements; of the others it says how many there are. */
export const MOST_IN_DIGEST = 100;

/** The largest revenue at risk first; what is unknown last. */
function byRisk({ episode: a }: AlertStatement, { episode: b }: AlertStatement): number {
  const [first, second] = [a, b].map(({ revenueAtRisk: risk }) =>
    risk === null ? -1n : risk < 0n ? -risk : risk,
  );
  return first === second ? a.from - b.from : first > second ? -1 : 1;
}

/** The message needs not go to this channel any more. */
export function settled(memory: AlertMemory, messageId: string, channel: string): AlertMemory {
  return rewaited(memory, ({ message, waiting }) =>
    message.id === messageId ? waiting.filter((name) => name !== channel) : waiting,
  );
}

/** Nothing waits for channels that are not there any more. */
export function forChannels(memory: AlertMemory, channels: readonly string[]): AlertMemory {
  return rewaited(memory, ({ waiting }) => waiting.filter((name) => channels.includes(name)));
}

function rewaited(memory: AlertMemory, waitingOf: (one: Outgoing) => readonly string[]): AlertMemory {
  const outbox = memory.outbox
    .map((one) => ({ ...one, waiting: waitingOf(one) }))
    .filter(({ waiting }) => waiting.length > 0);
  return { ...memory, outbox };
}

/** So many messages wait for channels that are down. */
export const MOST_WAITING = 1000;

/** Gives up the oldest of too many messages. */
export function bounded(memory: AlertMemory): AlertMemory {
  return { ...memory, outbox: memory.outbox.slice(-MOST_WAITING) };
}

/** So many episodes are remembered, whatever they are. */
export const MOST_REMEMBERED = 10_000;

/** Forgets what is over and ended before `horizon`, and of what is over the earliest, where there is too much. */
export function pruned(memory: AlertMemory, horizon: number): AlertMemory {
  const kept = memory.told.filter(({ status, to }) => status === 'open' || to >= horizon);
  if (kept.length > MOST_REMEMBERED)
    kept
      .sort((a, b) => Number(b.status === 'open') - Number(a.status === 'open') || b.to - a.to)
      .splice(MOST_REMEMBERED);
  return { ...memory, told: kept };
}
