/** A worker process of a container: works for the runner until that has no more to do. What the graph's functions are registered in has to be loaded by whoever imports this. */
import '../../beam/node24';
import '../../beam/registration';
import { FnWorker } from '../harness/fn_api/fn_worker';
import { parseBootArguments } from './boot_arguments';

/** Works until the runner ends the control stream, or the process is told to stop. @throws Error where the stream breaks */
export async function runWorkerProcess(argv: readonly string[]): Promise<void> {
  const { id, endpoints } = parseBootArguments(argv);
  const worker = await FnWorker.start(id, endpoints, (failure) => {
    // The runner is told as well; this is for who reads the container's own log.
    process.stderr.write(`worker ${id}: ${failure instanceof Error ? failure.stack : String(failure)}\n`);
  });
  process.once('SIGTERM', () => void worker.stop());
  await worker.finished;
}
