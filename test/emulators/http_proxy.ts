/** A server in front of another one, which a test tells to refuse, to break off or to wait. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request: an answer at once; or it goes through, all of it or only so many bytes of the answer, after which the connection breaks, or says nothing more. */
export type Fate =
  | { readonly status: number; readonly body?: string }
  | { readonly cutAfter: number; readonly silent?: boolean }
  | 'through';

export class HttpProxy {
  /** Asked for each request. By default all go through. */
  decide: (request: IncomingMessage) => Fate | Promise<Fate> = () => 'through';

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<HttpProxy> {
    const server = createServer();
    const proxy = new HttpProxy(server, new URL(target));
    server.on('request', (incoming, answer) => void proxy.handle(incoming, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const fate = await this.decide(incoming);
    if (fate !== 'through' && 'status' in fate) {
      answer.writeHead(fate.status, { 'content-type': 'application/json' }).end(fate.body ?? '');
      return;
    }
    const { hostname, port } = this.target;
    const { method, url, headers } = incoming;
    const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      if (fate === 'through') {
        response.pipe(answer);
        return;
      }
      let left = fate.cutAfter;
      if (left === 0) {
        answer.flushHeaders();
        setTimeout(() => answer.destroy(), 20);
      }
      response.on('data', (piece: Buffer) => {
        if (left <= 0) return;
        const part = piece.subarray(0, left);
        left -= part.length;
        answer.write(part, () => left <= 0 && !fate.silent && answer.destroy());
      });
      response.on('end', () => left > 0 && answer.end());
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}
