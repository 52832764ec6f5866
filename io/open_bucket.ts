/** A row of a stream's ledger that should balance and doesn't. */
export interface OpenBucket {
  readonly bucket: string;
  readonly unaccounted: number;
}
