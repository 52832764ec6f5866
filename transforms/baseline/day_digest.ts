/**
 * A day as the trailing baseline keeps it: 56 windows hold it at once, and a checkpoint writes it for each of them. So it is packed, once, and stays packed until a baseline is made of it; the
 * windows share the bytes.
 */
import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Reader, Writer } from 'protobufjs';
import { readBlock, writeBlock } from '../../beam/json_coder';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import type { BrandHour } from './baseline';

export interface DayDigest {
  /** Start, milliseconds since 1970. */
  readonly day: number;
  /** Records absorbed by the hours that it was made of, and one for each of those: of two digests of a day the one with the larger revision knows more. */
  readonly revision: number;
  /** Its hours of brands, see {@link packHours}. */
  readonly block: Uint8Array;
}

/** Start of the UTC day of a time. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

/** Hours of one day as bytes: for each brand its name, the number of its hours, and for each of those the hour of day, views, purchases, and revenue as decimal text. */
export function packHours(day: number, hours: Iterable<BrandHour>): Uint8Array {
  const byBrand = new Map<string, BrandHour[]>();
  for (const hour of hours) {
    const known = byBrand.get(hour.brand);
    if (known === undefined) byBrand.set(hour.brand, [hour]);
    else known.push(hour);
  }
  const writer = new Writer();
  for (const [brand, ofBrand] of byBrand) {
    writer.string(brand).uint32(ofBrand.length);
    for (const { hour, views, purchases, revenue } of ofBrand)
      writer
        .uint32((hour - day) / HOUR_MS)
        .uint32(views)
        .uint32(purchases)
        .string(String(revenue));
  }
  return writer.finish();
}

/** What {@link packHours} packed. */
export function* unpackHours({ day, block }: Pick<DayDigest, 'day' | 'block'>): Generator<BrandHour> {
  const reader = Reader.create(block);
  while (reader.pos < reader.len) {
    const brand = reader.string();
    for (let left = reader.uint32(); left > 0; left--) {
      const hour = day + reader.uint32() * HOUR_MS;
      const views = reader.uint32();
      const purchases = reader.uint32();
      yield { brand, hour, views, purchases, revenue: BigInt(reader.string()) };
    }
  }
}

/** A day's digest: day and revision as doubles, then the block, which is not copied when it is read. */
export class DayDigestCoder implements Coder<DayDigest> {
  static readonly URN = 'funnelpulse:coder:day_digest:v1';
  readonly type = 'day_digest';

  encode({ day, revision, block }: DayDigest, writer: Writer, _context: Context): void {
    writer.double(day).double(revision).uint32(block.length);
    writeBlock(block, writer);
  }

  decode(reader: Reader, _context: Context): DayDigest {
    const day = reader.double();
    const revision = reader.double();
    return { day, revision, block: readBlock(reader, Context.needsDelimiters) };
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: DayDigestCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().register(DayDigestCoder.URN, DayDigestCoder);
