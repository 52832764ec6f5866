/** The entry of a worker process in the container image: loads what the graph's functions are registered in, then works for the runner. */
import './registration';
import { runWorkerProcess } from '../runners/container/worker_process';

runWorkerProcess(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`worker: ${error.message}\n`);
    process.exit(1);
  },
);
