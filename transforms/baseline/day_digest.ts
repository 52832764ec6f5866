/**
 * A day as the trailing baseline keeps it: 56 windows hold it at once, and a checkpoint writes it for each of them. So it is packed, once, and stays packed until a baseline is made of it; the
 * windows share the bytes.
 */
import { type Coder, Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Reader, Writer } from 'protobufjs';
import { readBlock, writeBlock } from '../../beam/json_coder';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { COUNTS, PURCHASE } from '../count/cells';
import type { BaselineBuilder } from './baseline';
import type { HourBrands } from './baseline_fn';

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

/** Hours of one day, each once, as bytes: for each brand its name, the number of its hours, and for each of those the hour of day, views, purchases and revenue. */
export function packHours(day: number, hours: readonly HourBrands[]): Uint8Array {
  const byBrand = new Map<string, [hour: HourBrands, cell: number][]>();
  for (const hour of hours)
    hour.brands.names.forEach((name, cell) => {
      const known = byBrand.get(name);
      if (known === undefined) byBrand.set(name, [[hour, cell]]);
      else known.push([hour, cell]);
    });
  const writer = new Writer();
  for (const [name, ofBrand] of byBrand) {
    writer.string(name).uint32(ofBrand.length);
    for (const [{ hour, brands }, cell] of ofBrand) {
      const at = cell * COUNTS;
      writer
        .uint32((hour - day) / HOUR_MS)
        .uint32(brands.counts[at])
        .uint32(brands.counts[at + PURCHASE]);
      writeMoney(brands.money(cell), writer);
    }
  }
  return writer.finish();
}

/** Adds what {@link packHours} packed to a baseline. */
export function addHours({ day, block }: DayDigest, baseline: BaselineBuilder): void {
  const reader = Reader.create(block);
  while (reader.pos < reader.len) {
    const brand = baseline.brand(reader.string());
    for (let left = reader.uint32(); left > 0; left--)
      brand.add(day + reader.uint32() * HOUR_MS, reader.uint32(), reader.uint32(), readMoney(reader));
  }
}

/** Money as a double, which holds most of it exactly; the rest as decimal text behind a NaN. */
function writeMoney(money: number | bigint, writer: Writer): void {
  if (typeof money === 'number') writer.double(money);
  else writer.double(Number.NaN).string(String(money));
}

function readMoney(reader: Reader): number | bigint {
  const money = reader.double();
  return Number.isNaN(money) ? BigInt(reader.string()) : money;
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
