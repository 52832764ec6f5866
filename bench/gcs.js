#!/usr/bin/env node
/**
 * Ranged reads from Cloud Storage as the product does them, beside one plain download of the same object: from fake-gcs-server on this machine, in this process, one after the other, in turn.
 *
 *   node bench/gcs.js [MIB] [ROUNDS]
 *
 * Needs `npm run build` and fake-gcs-server (scripts/install-fake-gcs). Writes bench/results/gcs.json.
 */
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { openStorage } = require('../dist/io/gcs/client.js');
const { ListFiles } = require('../dist/io/files/list_files.js');
const { ReadRanges } = require('../dist/io/files/read_ranges.js');

const mib = Number(process.argv[2] ?? 512);
const rounds = Number(process.argv[3] ?? 7);
const SPLIT_BYTES = 8 << 20;
const PORT = 14443;
const ENDPOINT = `http://127.0.0.1:${PORT}`;
const BUCKET = 'bench';
const OBJECT = 'events.csv';
process.env.STORAGE_EMULATOR_HOST = ENDPOINT;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function startServer() {
  const inPath = spawnable('fake-gcs-server');
  const program =
    inPath ??
    path.join(execFileSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).trim(), 'bin', 'fake-gcs-server');
  const flags = [
    '-scheme',
    'http',
    '-host',
    '127.0.0.1',
    '-port',
    PORT,
    '-backend',
    'memory',
    '-log-level',
    'error',
  ];
  const server = spawn(
    program,
    [...flags.map(String), '-public-host', `127.0.0.1:${PORT}`, '-external-url', ENDPOINT],
    { stdio: 'ignore' },
  );
  for (;;) {
    try {
      await fetch(`${ENDPOINT}/storage/v1/b`);
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function spawnable(program) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find(fs.existsSync);
}

/** The sample, again and again. */
async function upload(storage) {
  await fetch(`${ENDPOINT}/storage/v1/b?project=none`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: BUCKET }),
  });
  const sample = fs.readFileSync(path.join(__dirname, '..', 'samples', '2019-Oct.sample.csv'));
  const header = sample.indexOf(10) + 1;
  const copies = Math.ceil((mib << 20) / sample.length);
  const body = Buffer.concat([sample, ...Array(copies - 1).fill(sample.subarray(header))]);
  await storage.bucket(BUCKET).file(OBJECT).save(body, { resumable: false, validation: false });
  return body.length;
}

/** One request for all of it by Node's own client: nothing is quicker here. */
async function plainHttp() {
  const [response] = await once(
    http.get(`${ENDPOINT}/storage/v1/b/${BUCKET}/o/${OBJECT}?alt=media`),
    'response',
  );
  let bytes = 0;
  for await (const piece of response) bytes += piece.length;
  return bytes;
}

/** One download by Google's library, without its checksum, which takes longer than the bytes. */
async function plainLibrary(storage) {
  let bytes = 0;
  for await (const piece of storage.bucket(BUCKET).file(OBJECT).createReadStream({ validation: false }))
    bytes += piece.length;
  return bytes;
}

/** Listing, ranges, lines: all that happens before the parser. Two ranges at a time, as two workers read them, but in one thread. */
async function ranged() {
  let bytes = 0;
  const ranges = [];
  for await (const range of new ListFiles([`gs://${BUCKET}/${OBJECT}`], SPLIT_BYTES).process())
    ranges.push(range);
  const worker = async () => {
    for (let range = ranges.shift(); range !== undefined; range = ranges.shift())
      for await (const chunk of new ReadRanges().process(range))
        if ('bytes' in chunk) bytes += chunk.end - chunk.start;
  };
  await Promise.all([worker(), worker()]);
  return bytes;
}

async function timed(work, least) {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  const bytes = await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  // The header is read, and is no record.
  if (bytes < least - 1000) throw new Error(`${bytes} bytes came of ${least}`);
  return { rate: least / seconds, cpu: (user + system) / 1e6 };
}

(async () => {
  const server = await startServer();
  try {
    const storage = await openStorage();
    const size = await upload(storage);
    const ways = { plain: () => plainLibrary(storage), plain_http: plainHttp, ranged };
    const rates = { plain: [], plain_http: [], ranged: [] };
    const cpu = { plain: [], plain_http: [], ranged: [] };
    for (let round = -1; round < rounds; round++)
      for (const [name, work] of Object.entries(ways)) {
        const measured = await timed(work, size);
        if (round < 0) continue;
        rates[name].push(Math.round(measured.rate));
        cpu[name].push(Number(measured.cpu.toFixed(3)));
      }
    const mediansOf = (lists) =>
      Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, median(values)]));
    const medians = mediansOf(rates);
    const cpuMedians = mediansOf(cpu);
    const result = {
      object_bytes: size,
      split_bytes: SPLIT_BYTES,
      rounds,
      machine: `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      bytes_per_second: medians,
      // Of this process, without the server: it says more than the rates do on a machine that does other work.
      cpu_seconds: cpuMedians,
      ratio: Number((medians.ranged / medians.plain).toFixed(3)),
      ratio_to_plain_http: Number((medians.ranged / medians.plain_http).toFixed(3)),
      all: rates,
    };
    fs.writeFileSync(path.join(__dirname, 'results', 'gcs.json'), `${JSON.stringify(result, null, 2)}\n`);
    for (const [name, rate] of Object.entries(medians))
      console.log(
        `${name.padEnd(11)} ${(rate / 2 ** 20).toFixed(0).padStart(4)} MiB/s, ${cpuMedians[name]} s of CPU time`,
      );
    console.log(
      `ranged reads move ${result.ratio} of what a plain download by the library moves, ${result.ratio_to_plain_http} of what one by plain HTTP does`,
    );
    if (result.ratio < 0.8) process.exitCode = 1;
  } finally {
    server.kill('SIGKILL');
  }
})();
