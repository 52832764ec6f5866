/**
 * A streaming run that tests kill: the lines of a CSV file as live events, some of them late, by way of checkpoints into an output.
 *
 *   node stream_run.js FILE FOLDER [POINT NTH]
 *
 * State is in FOLDER/state, the output is what the variable OUTPUT names, FOLDER/funnel.duckdb if nothing. The process kills itself when it comes to a commit's POINT for the NTH time. It prints `done` at its end.
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const DIST = path.join(__dirname, '..', '..', 'dist');
require(path.join(DIST, 'beam', 'node24.js'));
const { withName } = require(path.join(DIST, 'beam', 'sdk.js'));
const { step } = require(path.join(DIST, 'beam', 'step.js'));
const { executeStream } = require(path.join(DIST, 'pipelines', 'execute_stream.js'));
const { chooseStreamOutput } = require(path.join(DIST, 'pipelines', 'outputs', 'choose_output.js'));
const { startWorkers } = require(path.join(DIST, 'runners', 'local', 'index.js'));
const runnerApi = require('apache-beam/proto/beam_runner_api');
const { StrUtf8Coder } = require('apache-beam/coders/standard_coders');
const { LinesToChunks } = require('./ends');

const URN = 'funnelpulse:test:lines:v1';
const [file, folder, point, nth] = process.argv.slice(2);
const [header, ...lines] = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
/** Events come this many places after their turn, at most, and the watermark waits for them. */
const DISORDER = 64;
const MINUTE = 60_000;
/** Beam's last instant, as near as a double comes. */
const END = Number('9223372036854775');

const timeOf = (line) => Date.parse(`${line.slice(0, 19).replace(' ', 'T')}Z`);
/** Each block of lines in another order, the same every time. */
const order = lines.map((_, at) => {
  const block = at - (at % DISORDER);
  return Math.min(lines.length - 1, block + ((at * 37) % DISORDER));
});
const isWhole = (at) => at - (at % DISORDER) + DISORDER <= lines.length;
const lineAt = (at) => lines[isWhole(at) ? order[at] : at];

/** Lines that are read before a commit where the run is to be killed at one: so the second of them is not the last, however fast the machine is. */
const linesPerCommit = Number(nth) > 0 ? Math.ceil(lines.length / 3) : lines.length;

class Lines {
  position = 0;
  commits = 0;
  async open(mark) {
    if (mark !== null) this.position = Number(Buffer.from(mark).toString());
  }
  async pull() {
    const elements = [];
    const most = Math.min(lines.length, (this.commits + 1) * linesPerCommit);
    if (this.position >= most) await delay(5);
    for (const to = Math.min(most, this.position + 1000); this.position < to; this.position++) {
      const line = lineAt(this.position);
      elements.push({ value: `${this.position}\t${line}`, timestamp: timeOf(line) || 0 });
    }
    const isOver = this.position === lines.length;
    const next = this.position - (this.position % DISORDER);
    return { elements, watermark: isOver ? END : timeOf(lines[next]) - MINUTE, isOver };
  }
  mark() {
    return Buffer.from(String(this.position));
  }
  async finalise() {
    this.commits++;
  }
  async close() {}
}

function source(root) {
  const read = withName('Lines', (_root, pipeline, transform) => {
    transform.spec = { urn: URN, payload: new Uint8Array() };
    return pipeline.createPCollectionInternal(
      new StrUtf8Coder(),
      undefined,
      runnerApi.IsBounded_Enum.UNBOUNDED,
    );
  });
  return root.apply(read).apply(step('Chunks', new LinesToChunks(header.split(','))));
}

let left = Number(nth);
executeStream({
  source,
  sources: { [URN]: () => new Lines() },
  input: file,
  funnel: {
    parse: { shards: 1, slotMinutes: 60, currency: null, silver: false, maxFutureSkewMs: null },
    windowing: { allowedLatenessMs: 7_200_000, earlyFiringMs: 300 },
    priceBandBounds: [10, 30, 60],
    minBaselineViews: 10,
    score: { minFlagViews: 50, zThreshold: 2, basis: 'brand' },
    computedAt: 0,
  },
  baseline: { name: 'file', hours: [] },
  output: chooseStreamOutput({
    output: process.env.OUTPUT ?? `duckdb:${path.join(folder, 'funnel.duckdb')}`,
  }),
  replace: false,
  state: path.join(folder, 'state'),
  commitEveryMs: 200,
  workers: startWorkers(0, []),
  registration: [require.resolve('./ends')],
  reached: (name) => {
    if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
}).then(
  () => fs.writeSync(1, 'done'),
  (error) => {
    fs.writeSync(2, `${error.stack}\n${error.cause?.stack ?? ''}\n`);
    process.exit(1);
  },
);
