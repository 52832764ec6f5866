/** Serves an output until the user ends it. */
import { momentOf } from '../../serving/questions/moment';
import { interruptible } from '../interrupt';
import { accessToken } from './access_token';
import { dashboardFolder } from './dashboard_folder';
import { openServed } from './open_served';
import { requestLog } from './request_log';
import { serveHttp } from './serve_http';

export interface ServeOptions {
  /** The output, as the user named it. */
  readonly from: string;
  readonly host: string;
  readonly port: number;
  /** Log failures only. */
  readonly quiet: boolean;
}

/** @throws {InputError} where it can't be served */
export async function serveOutput({ from, host, port, quiet }: ServeOptions): Promise<void> {
  const token = accessToken(host);
  const { served, missing } = openServed(from);
  await interruptible(async (signal) => {
    try {
      // What is no output is said at once, and not to everybody who asks.
      if (missing === null) await served.read(momentOf);
      const log = requestLog(quiet);
      const server = await serveHttp({ served, host, port, token, assets: dashboardFolder(), log });
      process.stdout.write(
        `Serving ${from} at ${server.url} (${token === null ? '' : 'with the token; '}Ctrl-C ends it)\n${missing === null ? '' : `${missing}\n`}`,
      );
      try {
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve());
        });
      } finally {
        await server.close();
      }
    } finally {
      await served.close();
    }
  });
}
