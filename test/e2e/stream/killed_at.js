/**
 * The command line, which kills itself at a point of a commit:
 *
 *   node killed_at.js POINT NTH NODE CLI COMMAND …
 *
 * It dies when it comes to POINT for the NTH time in a commit that has new records. NODE and CLI are what would have been started otherwise; the program is the same, not bundled.
 */
const path = require('node:path');
const PIPELINES = path.join(__dirname, '..', '..', '..', 'dist', 'pipelines');
const [point, nth] = process.argv.splice(2, 4);
const module_ = require(path.join(PIPELINES, 'execute_stream.js'));
const { executeStream } = module_;

let left = Number(nth);
let read = 0;
let flushed = 0;
let committed = 0;
module_.executeStream = (run) =>
  executeStream({
    ...run,
    onRest: (rest, result) => {
      read = result.counters.get('rows_read') ?? 0;
      run.onRest(rest, result);
    },
    reached: (name) => {
      // What is read while a commit is being made belongs to the next one.
      if (name === 'before the flush') flushed = read;
      if (name === point && flushed > committed && --left === 0) process.kill(process.pid, 'SIGKILL');
      if (name === 'after finalising') committed = flushed;
    },
  });
require(path.join(PIPELINES, 'cli.js'));
