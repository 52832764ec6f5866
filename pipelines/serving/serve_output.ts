/** Serves an output until the user ends it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../../io/input_error';
import { momentOf } from '../../serving/questions/moment';
import { duckdbFile } from '../duckdb_file';
import { interruptible } from '../interrupt';
import { accessToken } from './access_token';
import { dashboardFolder } from './dashboard_folder';
import { duckdbServed } from './duckdb_served';
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
  const file = duckdbFile('from', from);
  const isThere = lookFor(file);
  await interruptible(async (signal) => {
    const served = duckdbServed(from, file);
    try {
      // What is no output is said at once, and not to everybody who asks.
      if (isThere) await served.read(momentOf);
      const log = requestLog(quiet);
      const server = await serveHttp({ served, host, port, token, assets: dashboardFolder(), log });
      process.stdout.write(
        `Serving ${from} at ${server.url} (${token === null ? '' : 'with the token; '}Ctrl-C ends it)\n${isThere ? '' : `${file} is not there yet: questions are answered when a run has written it\n`}`,
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

/** Whether the file is there. A folder that isn't is a name mistyped. */
function lookFor(file: string): boolean {
  const folder = path.dirname(path.resolve(file));
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`cannot read ${file}: there is no folder ${folder}`);
  return fs.existsSync(file);
}
