/** What a subscription is read with. */
import type { EventTimeOf } from './event_time';
import type { Outage } from './pull_streams';
import type { WatermarkOptions } from './subscription_watermark';

export interface SubscriptionOptions {
  /** projects/PROJECT/subscriptions/SUBSCRIPTION */
  readonly subscription: string;
  /** Attribute with the event time, RFC 3339 or milliseconds since 1970; null for none. */
  readonly timestampAttribute: string | null;
  /** The event time of a body, where the attribute does not say it: milliseconds since 1970, NaN if unknown. Called for each such message; must not throw. */
  readonly eventTimeOf: EventTimeOf;
  /** Told when an outage begins, when its message changes, and with null when it is over. */
  readonly onOutage?: (outage: Outage | null) => void;
  readonly watermark?: Partial<WatermarkOptions>;
  readonly limits?: Partial<SubscriptionLimits>;
}

export interface SubscriptionLimits {
  /** Streams by which messages are pulled. */
  readonly streams: number;
  /** How long a message is kept from others after its last sign of life, seconds, 10 to 600. After a kill its messages come again only then. */
  readonly leaseSeconds: number;
  /** Messages waiting to be given out, at most; what is on its way comes on top. */
  readonly bufferedMessages: number;
  /** Their bytes, at most. */
  readonly bufferedBytes: number;
  /** Messages that came and are not acked, at most. Between two checkpoints no more can be read. */
  readonly unackedMessages: number;
}

/** A stream of the emulator gives about 2,000 messages a second, whatever is asked of it: ten are enough for what one machine computes. */
export const EMULATOR_STREAMS = 10;
/** A stream of the service gives up to 10 MB a second, by its quota: four are more than one machine computes, and go on if one is being opened again. */
export const SERVICE_STREAMS = 4;

export const DEFAULT_LIMITS: Omit<SubscriptionLimits, 'streams'> = {
  /** Half the memory of the watermark, so that after a kill all has come again while the watermark is held; longer than a busy process is silent. */
  leaseSeconds: 30,
  /** Two pulls of the runner. */
  bufferedMessages: 20_000,
  /** Six messages of the largest size there is. */
  bufferedBytes: 64 * 1024 * 1024,
  /** Twenty-five seconds at 20,000 messages a second; an ack id of the service is two hundred bytes. */
  unackedMessages: 500_000,
};
