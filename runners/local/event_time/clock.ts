/** Processing time, in milliseconds since 1970. */
export interface Clock {
  readonly now: number;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  now = 0;
}
