/**
 * Stands between the product and a server that speaks HTTP: passes everything on, but for calls that a test has something else in mind for: an answer that the server can't give (a permission that is missing),
 * an answer that gets lost or one that comes late.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a call. */
export type Fate =
  | 'pass'
  /** The server does what was asked; the answer is lost with the connection. */
  | 'lose the answer'
  | { readonly status: number; readonly reason: string; readonly message: string }
  /** Nothing is done; this is the answer. */
  | { readonly json: object };

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export class Interposer {
  /** All calls so far. */
  readonly calls: Call[] = [];
  /** Says what becomes of a call. */
  decide: (call: Call) => Fate | Promise<Fate> = () => 'pass';
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
  }

  static async before(url: string): Promise<Interposer> {
    const interposer = new Interposer(new URL(url));
    interposer.server.listen(0, '127.0.0.1');
    await once(interposer.server, 'listening');
    return interposer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = { method: incoming.method!, path: incoming.url!, body: body.toString('utf8') };
    this.calls.push(call);
    const fate = await this.decide(call);
    if (typeof fate === 'object' && 'json' in fate) {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(fate.json));
      return;
    }
    if (typeof fate === 'object') {
      const { status, reason, message } = fate;
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(
        JSON.stringify({ error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } }),
      );
      return;
    }
    const { hostname, port } = this.target;
    const forwarded = request(
      {
        hostname,
        port,
        method: call.method,
        path: call.path,
        headers: { ...incoming.headers, host: this.target.host },
      },
      (answer) => {
        if (fate === 'lose the answer') {
          answer.resume();
          answer.on('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  }
}
