/** Runs the parser over a file in memory, cut into chunks as a reader may cut it, and gathers what comes out. */
import { CHUNK_SLACK, type RawChunk } from '../../schema/chunk';
import type { Sharding } from '../../transforms/clean/batch_builder';
import type { EventBatch } from '../../transforms/clean/event_batch';
import { ChunkParser } from '../../transforms/parse/chunk_parser';
import type { Reject } from '../../transforms/parse/reject';
import { batchTexts, hourOf } from './records';

export interface Cut {
  /** Bytes at which chunks are cut, at the next line's end; cycled through. */
  readonly sizes: readonly number[];
  /** Bytes in a chunk's buffer before its first record. */
  readonly offset: number;
}

export interface ParseSettings extends Sharding {
  readonly kernel: boolean;
  readonly currency: string | null;
}

/** What a file amounted to; orders that mean nothing are sorted away. */
export interface Parsed {
  /** By hour and by slot and shard: the records, sorted. */
  readonly batches: Record<string, string[]>;
  readonly earliest: Record<string, number>;
  readonly hours: [hour: number, read: number, rejected: number][];
  readonly unknown: [read: number, rejected: number];
  readonly currencies: string[];
  readonly rejects: Reject[];
  readonly lines: number;
}

export const ONE_SHARD: Sharding = { shards: 1, slotMinutes: 60 };

/** Chunks of a CSV file, the header's line already read, each in a buffer of its own with rubbish around. */
export function* chunksOf(columns: readonly string[], body: Buffer, cut: Cut): Generator<RawChunk> {
  let linesBefore = 1;
  for (let from = 0, number = 0; from < body.length; number++) {
    const size = cut.sizes[number % cut.sizes.length];
    const newline = body.indexOf(10, Math.min(body.length, from + size) - 1);
    const to = newline < 0 ? body.length : newline + 1;
    const bytes = new Uint8Array(cut.offset + (to - from) + CHUNK_SLACK).fill(0x0a, 0, cut.offset);
    bytes.fill(0x22, cut.offset + to - from);
    bytes.set(body.subarray(from, to), cut.offset);
    yield {
      ...{ source: 'f.csv', format: 'csv', columns, position: 1000 + from, bytes },
      ...{ start: cut.offset, end: cut.offset + to - from, linesBefore, rangeStart: 0 },
    };
    linesBefore = 0;
    from = to;
  }
}

/** Parses a CSV file. `again`: with a parser that has already parsed something else. */
export function parseFile(
  columns: readonly string[],
  body: Buffer,
  settings: ParseSettings,
  cut: Cut = { sizes: [1 << 20], offset: 0 },
  parser: ChunkParser = new ChunkParser(settings, settings.currency, { kernel: settings.kernel }),
): Parsed {
  const batches = new Map<string, EventBatch[]>();
  let rest: Omit<Parsed, 'batches' | 'earliest'> | undefined;
  let tally = {
    hours: [] as [number, number, number][],
    unknown: [0, 0] as [number, number],
    currencies: [] as string[],
  };
  const parts = function* () {
    for (const chunk of chunksOf(columns, body, cut)) yield* parser.parse(chunk);
    yield* parser.finish('f.csv', 0);
  };
  for (const part of parts()) {
    if ('batch' in part) {
      const key = `${hourOf(part.batch.batch)}/${part.batch.key}`;
      batches.set(key, [...(batches.get(key) ?? []), part.batch.batch]);
    } else if ('tally' in part) {
      tally = { ...part.tally };
    } else if ('rejects' in part) {
      const { lines, rejects } = part.rejects;
      const rejected = [...rejects].sort((a, b) => Number(a.position) - Number(b.position));
      const hours = tally.hours.sort(([a], [b]) => a - b);
      rest = { ...tally, hours, currencies: tally.currencies.sort(), rejects: rejected, lines };
    }
  }
  const entries = [...batches].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    batches: Object.fromEntries(entries.map(([key, all]) => [key, batchTexts(all)])),
    earliest: Object.fromEntries(
      entries.map(([key, all]) => [key, Math.min(...all.map((each) => each.earliest))]),
    ),
    ...rest!,
  };
}
