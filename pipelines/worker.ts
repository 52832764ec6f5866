/** The entry of a worker thread: loads what the graph's functions are registered in, then serves the runner. */
import './registration';
import '../runners/local/worker_main';
