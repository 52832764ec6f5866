/** `--serve`: the dashboard and the API of a running stream, from within it. */
import { Worker } from 'node:worker_threads';
import { InputError } from '../../io/input_error';
import type { PipelineStatus } from '../../serving/served';
import type { StreamOutput } from '../outputs/stream_output';
import { SERVE_THREAD_PATH } from '../worker_path';
import type { FromThread } from './thread/messages';
import { receivedError } from './thread/sent_error';
import type { ThreadData } from './thread/serve_thread';
import { StreamEnd } from './thread/stream_end';

export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Reads `PORT` or `HOST:PORT`, an IPv6 address in brackets. @throws {InputError} where it is neither */
export function listeningAt(text: string): Listening {
  const [, host = '127.0.0.1', port] =
    /^(?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new InputError(
      `--serve ${text}: a port like 8380, or host and port like 0.0.0.0:8380, were expected`,
    );
  return { host, port: Number(port) };
}

export interface ServedStream {
  readonly url: string;
  /** To be called after each flush. */
  readonly written: () => void;
  /** Answers what is under way. */
  readonly close: () => Promise<void>;
}

export interface StreamToServe {
  /** The output as the user named it. */
  readonly name: string;
  readonly output: Pick<StreamOutput, 'hold' | 'release' | 'read'>;
  readonly status: () => PipelineStatus;
  /** Told when the page has failed; the stream goes on. */
  readonly onFailure: (message: string) => void;
}

/** How long a thread may take to end. */
const END_MS = 10_000;

/**
 * Serves, in a thread of its own, until it is closed.
 *
 * @throws {InputError} where it can't listen there, or others could ask and no token is set
 */
export async function serveStream(address: string, stream: StreamToServe): Promise<ServedStream> {
  const { host, port } = listeningAt(address);
  const workerData: ThreadData = { name: stream.name, host, port };
  const thread = new Worker(SERVE_THREAD_PATH, { workerData });
  const end = new StreamEnd(thread, stream.output, stream.status);
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  try {
    const url = await listeningOf(thread);
    thread.on('error', (error) => {
      stream.output.release?.();
      stream.onFailure(error.stack ?? error.message);
    });
    return {
      url,
      written: () => end.written(),
      close: async () => {
        end.close();
        const late = setTimeout(() => void thread.terminate(), END_MS);
        await exited;
        clearTimeout(late);
      },
    };
  } catch (error) {
    end.close();
    await thread.terminate();
    throw error;
  }
}

/** Where a thread's server listens, by the first that it says of it. */
function listeningOf(thread: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.on('message', (message: FromThread) => {
      if (message.say === 'listening') resolve(message.url);
      if (message.say === 'refused') reject(receivedError(message.error));
    });
  });
}
