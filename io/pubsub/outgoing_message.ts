/** A message to publish. */
export interface OutgoingMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** Messages of one key arrive in their order, at subscriptions that ask for it; empty: in any order. */
  readonly orderingKey: string;
}
