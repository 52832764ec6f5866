/**
 * A run that tests kill: numbers from a source that can be replayed, summed by key and second, written line by line.
 *
 *   node replay_run.js FOLDER ELEMENTS [POINT NTH]
 *
 * State is in FOLDER/state, what the sink wrote in FOLDER/rows.jsonl. The process kills itself when it comes to a checkpoint's POINT for the NTH time. It prints `done` at its end.
 */
const fs = require('node:fs');
const path = require('node:path');
const DIST = path.join(__dirname, '..', '..', '..', 'dist');
require(path.join(DIST, 'beam', 'node24.js'));
const { Pipeline, Root, windowInto, windowParam, withName, KVCoder } = require(
  path.join(DIST, 'beam', 'sdk.js'),
);
const { combineByKey } = require(path.join(DIST, 'beam', 'combine.js'));
const { step } = require(path.join(DIST, 'beam', 'step.js'));
const { FixedWindows } = require(path.join(DIST, 'beam', 'windows.js'));
const { JsonCoder } = require(path.join(DIST, 'beam', 'json_coder.js'));
const { runLocally } = require(path.join(DIST, 'runners', 'local', 'index.js'));
const { openState } = require(path.join(DIST, 'runners', 'local', 'checkpoint', 'index.js'));
const runnerApi = require('apache-beam/proto/beam_runner_api');
const { StrUtf8Coder } = require('apache-beam/coders/standard_coders');
const { KeyNumber, SumOfNumbers, WriteRows } = require('./replay_fns');

const URN = 'funnelpulse:test:numbers:v1';
const [folder, elements, point, nth] = process.argv.slice(2);
const COUNT = Number(elements);
/** Beam's last instant, as near as a double comes. */
const END = Number('9223372036854775');

/** Numbers from 0 on, ten milliseconds apart; every hundredth comes two seconds late. */
class Numbers {
  position = 0;
  async open(mark) {
    if (mark !== null) this.position = Number(Buffer.from(mark).toString());
  }
  async pull() {
    const to = Math.min(COUNT, this.position + 97);
    const pulled = [];
    for (; this.position < to; this.position++) {
      const i = this.position;
      pulled.push({ value: i, timestamp: i % 100 === 99 ? Math.max(0, i * 10 - 2000) : i * 10 });
    }
    const isOver = this.position === COUNT;
    return { elements: pulled, watermark: isOver ? END : this.position * 10 - 500, isOver };
  }
  mark() {
    return Buffer.from(String(this.position));
  }
  async finalise() {}
  async close() {}
}

function numbers(_root) {
  return withName('Numbers', (_root, pipeline, transform) => {
    transform.spec = { urn: URN, payload: new Uint8Array() };
    return pipeline.createPCollectionInternal(new JsonCoder(), undefined, runnerApi.IsBounded_Enum.UNBOUNDED);
  });
}

function graph() {
  const pipeline = new Pipeline();
  const once = { trigger: { oneofKind: 'elementCount', elementCount: { elementCount: 1 } } };
  const strategy = runnerApi.WindowingStrategy.create({
    trigger: {
      trigger: { oneofKind: 'afterEndOfWindow', afterEndOfWindow: { earlyFirings: once, lateFirings: once } },
    },
    accumulationMode: runnerApi.AccumulationMode_Enum.ACCUMULATING,
    outputTime: runnerApi.OutputTime_Enum.END_OF_WINDOW,
    closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_ALWAYS,
    allowedLateness: 60000n,
    environmentId: 'jsEnvironment',
  });
  new Root(pipeline)
    .apply(numbers())
    .apply(step('Key', new KeyNumber(), undefined, new KVCoder(new StrUtf8Coder(), new JsonCoder())))
    .apply(windowInto(new FixedWindows(1000), strategy))
    .apply(combineByKey('Sum', new SumOfNumbers(), { input: new JsonCoder(), output: new JsonCoder() }))
    .apply(step('Write', new WriteRows(path.join(folder, 'rows.jsonl')), { window: windowParam() }));
  return pipeline.getProto();
}

async function main() {
  const store = openState(path.join(folder, 'state'), { parameters: {}, steps: {} });
  let left = Number(nth);
  await runLocally(graph(), {
    workers: 0,
    registration: [require.resolve('./replay_fns')],
    sources: { [URN]: () => new Numbers() },
    checkpoints: {
      store,
      everyMs: 20,
      reached: (name) => {
        if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
      },
    },
  });
  await store.close();
  fs.writeSync(1, 'done');
}

main().catch((error) => {
  fs.writeSync(2, `${error.stack}\n`);
  process.exit(1);
});
