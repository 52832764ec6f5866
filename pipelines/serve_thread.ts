/** The entry of the thread that serves a stream. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveThread, type ThreadData } from './serving/thread/serve_thread';

if (parentPort === null) throw new Error('this is a thread of a run');
void serveThread(parentPort, workerData as ThreadData);
