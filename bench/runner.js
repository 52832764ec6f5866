#!/usr/bin/env node
/**
 * The runner alone, with small elements: numbers through fixed windows and a sum per key, on the local runner and on the SDK's DirectRunner, each in a process of its own.
 *
 *   node bench/runner.js [ELEMENTS]      both, with the ratio
 *   node bench/runner.js ELEMENTS local|threads|direct    one
 *
 * Needs `npm run build`. The elements are made by the pipeline itself, which both runners pay for alike.
 */
const { execFileSync } = require('node:child_process');
const path = require('node:path');

const DIST = path.join(__dirname, '..', 'dist');
const [count = '1000000', which] = process.argv.slice(2);

async function one() {
  require(path.join(DIST, 'beam', 'node24.js'));
  const { Pipeline, Root, assignTimestamps, impulse, windowInto, withName, KVCoder } = require(
    path.join(DIST, 'beam', 'sdk.js'),
  );
  const { combineByKey } = require(path.join(DIST, 'beam', 'combine.js'));
  const { FixedWindows } = require(path.join(DIST, 'beam', 'windows.js'));
  const { JsonCoder } = require(path.join(DIST, 'beam', 'json_coder.js'));
  const { step } = require(path.join(DIST, 'beam', 'step.js'));
  const { StrUtf8Coder, VarIntCoder } = require('apache-beam/coders/standard_coders');
  const { Check, MakeNumbers, Sum, timeOf } = require('./runner_fns');
  const pipeline = new Pipeline();
  new Root(pipeline)
    .apply(withName('Start', impulse()))
    .apply(
      step(
        'Make',
        new MakeNumbers(Number(count)),
        undefined,
        new KVCoder(new StrUtf8Coder(), new VarIntCoder()),
      ),
    )
    .apply(withName('Times', assignTimestamps(timeOf)))
    .apply(withName('Windows', windowInto(new FixedWindows(60_000))))
    .apply(combineByKey('Sum', new Sum(), { input: new VarIntCoder(), output: new JsonCoder() }))
    .apply(step('Check', new Check()));
  const proto = pipeline.getProto();
  const { runDirect } = require(path.join(DIST, 'runners', 'direct', 'index.js'));
  const { runLocally } = require(path.join(DIST, 'runners', 'local', 'index.js'));
  const started = process.hrtime.bigint();
  if (which === 'direct') await runDirect(proto);
  else
    await runLocally(proto, {
      workers: which === 'threads' ? 2 : 0,
      registration: [require.resolve('./runner_fns')],
    });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, megabytes }));
}

function both() {
  const run = (name) => {
    const result = JSON.parse(
      execFileSync(process.execPath, ['--max-old-space-size=16000', __filename, count, name], {
        encoding: 'utf8',
      }),
    );
    console.log(`${name.padEnd(8)} ${result.seconds.toFixed(2)} s, ${result.megabytes.toFixed(0)} MiB`);
    return result.seconds;
  };
  const [local, threads, direct] = ['local', 'threads', 'direct'].map(run);
  console.log(
    `DirectRunner ÷ local: ${(direct / local).toFixed(1)}, ÷ two threads: ${(direct / threads).toFixed(1)}`,
  );
}

if (which === undefined) both();
else one();
