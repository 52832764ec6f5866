#!/usr/bin/env node
/**
 * The parser alone, on one thread: lines of a CSV file → packed batches, by the WebAssembly kernel and by the plain path that knows all the rules.
 *
 *   node bench/parser.js FILE [plain]
 *
 * Prints nanoseconds of CPU per record and megabytes per second. Reading is part of it, writing isn't: batches are dropped.
 */
const fs = require('node:fs');
const { ChunkParser } = require('../dist/transforms/parse/chunk_parser.js');
const { ListFiles } = require('../dist/io/files/list_files.js');
const { ReadRangesSync } = require('../dist/io/files/read_ranges.js');

const [file, path] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node bench/parser.js FILE [plain]\n');
  process.exit(2);
}

const parser = new ChunkParser({ shards: 1, slotMinutes: 60 }, null, { kernel: path !== 'plain' });
const reader = new ReadRangesSync();
let records = 0;
const started = process.hrtime.bigint();
const cpu = process.cpuUsage();
for (const range of new ListFiles([file], 8 << 20).process()) {
  for (const chunk of reader.process(range)) {
    const parts = 'rangeEnd' in chunk ? parser.finish(file, range.start) : parser.parse(chunk);
    for (const part of parts) if ('tally' in part) for (const [, read] of part.tally.hours) records += read;
  }
}
const { user, system } = process.cpuUsage(cpu);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const bytes = fs.statSync(file).size;
process.stdout.write(
  `${path === 'plain' ? 'plain path' : 'kernel'}: ${records.toLocaleString('en-US')} records, ${(((user + system) * 1000) / records).toFixed(0)} ns of CPU each, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s\n`,
);
