/** Messages as the parser gets them, and what it makes of them. */
import { CHUNK_SLACK, type MessageChunk, type RawChunk } from '../../schema/chunk';
import { ChunkParser, type ParsedPart } from '../../transforms/parse/chunk_parser';
import { ONE_SHARD } from './parse_file';
import { batchTexts } from './records';

const PUBLISHED = Date.UTC(2030, 0, 1);

/** A chunk of messages with this data, published long after any of it unless `about` says otherwise. */
export function messagesOf(
  data: readonly Uint8Array[],
  about: Partial<Pick<MessageChunk, 'publishTimes' | 'timestamps' | 'redriveOf'>> = {},
): MessageChunk {
  const parts = data.flatMap((each, at) => [Buffer.from(`m${at}`), each]);
  let at = 0;
  const all = parts.flatMap(({ length }) => {
    at += length;
    return [at - length, at];
  });
  return {
    ...{ source: 'projects/p/subscriptions/s', format: 'messages', count: data.length },
    bytes: Buffer.concat([...parts, Buffer.alloc(CHUNK_SLACK)]),
    ids: Int32Array.from(all.filter((_, i) => i % 4 < 2)),
    bounds: Int32Array.from(all.filter((_, i) => i % 4 >= 2)),
    dataBytes: data.reduce((sum, { length }) => sum + length, 0),
    publishTimes: new Float64Array(data.length).fill(PUBLISHED),
    timestamps: new Float64Array(data.length).fill(Number.NaN),
    redriveOf: new Map(),
    ...about,
  };
}

/** What a parser makes of a chunk. */
export function parsed(
  chunk: MessageChunk | RawChunk,
  settings: { kernel?: boolean; maxFutureSkewMs?: number | null } = {},
) {
  const parser = new ChunkParser(ONE_SHARD, null, settings);
  const parts: ParsedPart[] = [...parser.parse(chunk)];
  const { timesApart } = parser;
  parts.push(...parser.finish('s', 0));
  return {
    batches: parts.flatMap((part) => ('batch' in part ? batchTexts([part.batch.batch]) : [])).sort(),
    tally: parts.flatMap((part) => ('tally' in part ? [part.tally] : []))[0],
    rejects: parts.flatMap((part) => ('rejects' in part ? part.rejects.rejects : [])),
    timesApart,
  };
}
