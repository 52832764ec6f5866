/** The API and the dashboard over HTTP: a server that bears with slow, large and hostile clients, and ends in order. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { InputError } from '../../io/input_error';
import { createApi } from '../../serving/api/api';
import type { Served } from '../../serving/served';
import { packageVersion } from '../package_version';
import { isLoopback } from './access_token';
import type { RequestLog } from './request_log';

/** A client has so long for the headers of a request … */
const HEADERS_MS = 10_000;
/** … and for all of it. */
const REQUEST_MS = 15_000;
/** A connection on which nothing moves is closed after this; live ones get something every 15 seconds. */
const IDLE_MS = 60_000;
/** Longer than proxies keep a connection without a request on it, so that it is they who close it. */
const KEEP_ALIVE_MS = 75_000;
/** A URL may name a brand of 10,000 characters, three bytes each, each of these as % and two digits. */
const MOST_HEADER_BYTES = 128 * 1024;
const MOST_CONNECTIONS = 1000;
/** What is being answered when the server ends may take so long. */
const END_MS = 5_000;
const IDLE_LOOK_MS = 50;

export interface HttpOptions {
  readonly served: Served;
  /** A name or address of this machine to listen at. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked for at every question (accessToken); null where nobody needs one, which is for loopback only. */
  readonly token: string | null;
  /** Folder of the built dashboard (dashboardFolder); null for none. */
  readonly assets: string | null;
  /** Null: nothing is logged. */
  readonly log: RequestLog | null;
  /** Live connections at most; 100 if left out. */
  readonly mostLive?: number;
}

export interface HttpServer {
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Takes no more requests, ends live connections, and answers what is under way. `served` stays open. */
  readonly close: () => Promise<void>;
}

/**
 * Serves until it is closed.
 *
 * @throws {InputError} where it can't listen there
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { served, host, port, token, assets, log } = options;
  if (token === null && !isLoopback(host)) throw new Error(`${host} is open to others and needs a token`);
  const ending = new AbortController();
  const api = createApi(served, {
    ...{ version: packageVersion(), token, assets, signal: ending.signal },
    // With a token, a page under another name gets nothing anyway: it has none.
    loopbackNamesOnly: token === null,
    ...(options.mostLive !== undefined && { mostLive: options.mostLive }),
    ...(log !== null && { onRequest: log.request, onFailure: log.failure }),
  });
  const server = createAdaptorServer({
    fetch: api.fetch,
    // This process may have other work, whose fetch is none of ours.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
  }) as Server;
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = IDLE_MS;
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://${nameOf(host)}:${taken}/`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      ending.abort();
      // A connection on which an answer has just been sent waits for a next question that it won't get.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
      const late = setTimeout(() => server.closeAllConnections(), END_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      log?.flush();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port }, resolve);
  });
}

function listenError(error: Error, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program has the port. Choose another one',
    EACCES: 'this user may not listen there. Choose a port above 1023',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no host of that name',
    EAI_AGAIN: 'the name of the host can’t be looked up now',
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new InputError(`cannot listen at ${host}:${port}: ${reason}`);
}

/** A host as URLs have it; one that stands for all addresses is reached at this machine's own. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '[::]') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
