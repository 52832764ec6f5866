/** A server that takes posts, keeps what they say, and answers as told. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

/** Answers a request, or doesn't. */
export type Answer = (response: ServerResponse, posted: Posted) => void;

export function answering(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end('x');
}

export class HttpSink {
  readonly posted: Posted[] = [];
  /** What the next requests are answered with, one each; 200 after these. */
  readonly answers: Answer[] = [];
  private readonly waiting: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  /** @param encrypted with this key and certificate */
  static async open(encrypted?: { readonly key: Buffer; readonly cert: Buffer }): Promise<HttpSink> {
    const server: Server =
      encrypted === undefined ? createServer() : (createTlsServer({ ...encrypted }) as Server);
    const sink = new HttpSink(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        const posted = { path: request.url ?? '', headers: request.headers, body, at: Date.now() };
        sink.posted.push(posted);
        (sink.answers.shift() ?? answering(200))(response, posted);
        for (const told of sink.waiting.splice(0)) told();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook/SECRET`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resolves when so many posts have come. */
  async received(count: number): Promise<readonly Posted[]> {
    while (this.posted.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.posted;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }
}
