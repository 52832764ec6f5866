/** The thread that serves a stream: a page with much to answer must not hold the stream up, nor a stream with much to do the page. */
import type { MessagePort } from 'node:worker_threads';
import { accessToken } from '../access_token';
import { dashboardFolder } from '../dashboard_folder';
import { requestLog } from '../request_log';
import { serveHttp } from '../serve_http';
import type { FromThread } from './messages';
import { sentError } from './sent_error';
import { ThreadServed } from './thread_served';

/** What a thread is started with. */
export interface ThreadData {
  /** The output as the user named it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Serves until the stream says that it ends. Requests are not logged, since the terminal is the stream's: failures are. */
export async function serveThread(line: MessagePort, { name, host, port }: ThreadData): Promise<void> {
  const say = (message: FromThread): void => line.postMessage(message);
  const log = requestLog(true);
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const served = new ThreadServed(name, line, end);
  try {
    const server = await serveHttp({
      ...{ served, host, port, log },
      ...{ token: accessToken(host), assets: dashboardFolder() },
    });
    say({ say: 'listening', url: server.url, port: server.port });
    await ended;
    await server.close();
  } catch (error) {
    say({ say: 'refused', error: sentError(error) });
  } finally {
    line.close();
  }
}
