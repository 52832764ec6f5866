/** What alerts say: facts about episodes, in messages that every channel words for its medium; and what a channel says of a message. */

/** What has happened to an episode. */
export type AlertKind =
  /** It was found. */
  | 'detected'
  /** Its hours or its revenue at risk have doubled since it was last told of. */
  | 'worsened'
  /** It had been said to be over, or to be none, and is there again. */
  | 'reopened'
  /** Its brand converts as usual again. */
  | 'recovered'
  /** Later data have healed it: it was none. */
  | 'retracted';

export type EpisodeStatus = 'open' | 'recovered' | 'retracted';

/** Hours of a brand that deviate the same way and belong together. */
export interface EpisodeFacts {
  /** The same in all messages about it. */
  readonly id: string;
  readonly status: EpisodeStatus;
  readonly brand: string;
  readonly detector: string;
  /** drop or spike. */
  readonly type: string;
  /** Start of its first anomalous hour, and end of its last so far; milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** How many hours of these are anomalous. */
  readonly hours: number;
  /** What these hours had. */
  readonly views: number;
  readonly purchases: number;
  /** By the brand's usual conversion; null where it is unknown. */
  readonly expectedPurchases: number | null;
  /** What the missing purchases would have brought, in ten-thousandths; negative for a spike; null where it is unknown. */
  readonly revenueAtRisk: bigint | null;
  /** The largest deviation of these hours, in standard deviations. */
  readonly z: number;
  /** Hours of the brand that were judged, of those within a day after it, and what they had. */
  readonly since: { readonly hours: number; readonly views: number; readonly purchases: number };
}

/** One fact about one episode. */
export interface AlertStatement {
  readonly kind: AlertKind;
  /** How many statements there have been about this episode, with this one. */
  readonly number: number;
  readonly episode: EpisodeFacts;
}

/** What is sent: one statement, or many in one. */
export interface AlertMessage {
  /** Stays the same however often it is sent. */
  readonly id: string;
  /** The output as the user named it. */
  readonly output: string;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
  /** At least one; more than one in a digest, the largest revenue at risk first. */
  readonly statements: readonly AlertStatement[];
  /** How many more the digest stands for. */
  readonly omitted: number;
}

/** What became of an attempt to send. A reason never holds an address: addresses can be secrets. */
export type Delivery =
  | { readonly outcome: 'sent' }
  /** It may succeed later; not before `afterMs`, where that was asked for. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly afterMs: number | null }
  /** It will not succeed however often it is tried. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Where messages go. */
export interface AlertChannel {
  /** As logs name it, and what the memory knows it by: slack, webhook, email; `slack 2` for the second. */
  readonly name: string;
  /** Tries once. Never throws; gives up when the signal is aborted. */
  send(message: AlertMessage, signal: AbortSignal): Promise<Delivery>;
  close(): void;
}
