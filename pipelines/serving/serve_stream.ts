/** `--serve`: the dashboard and the API of a running stream, from within it. */
import { InputError } from '../../io/input_error';
import type { Served } from '../../serving/served';
import { accessToken } from './access_token';
import { dashboardFolder } from './dashboard_folder';
import { requestLog } from './request_log';
import { type HttpServer, serveHttp } from './serve_http';

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

/**
 * Serves until it is closed. Requests are not logged, since the terminal is the stream's: failures are.
 *
 * @throws {InputError} where it can't listen there, or others could ask and no token is set
 */
export async function serveStream(address: string, served: Served): Promise<HttpServer> {
  const { host, port } = listeningAt(address);
  const token = accessToken(host);
  return serveHttp({ served, host, port, token, assets: dashboardFolder(), log: requestLog(true) });
}
