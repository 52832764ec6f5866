/**
 * A server of HTTP in front of another one: it passes everything on, but for calls that a test has something else in mind for. So a local server refuses what only Google's refuses (a permission that is missing, a
 * wrong location), and its answers get lost, break off or come late.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What becomes of a call. */
export type Fate =
  | 'pass'
  /** The server does what was asked; the answer is lost with the connection. */
  | 'lose the answer'
  /** So many bytes of the answer's body come; then the connection breaks, or says nothing more. */
  | { readonly cutAfter: number; readonly silent?: boolean }
  | Answer;

/** Nothing is done; this is the answer. */
interface Answer {
  readonly status: number;
  /** Text or bytes as they are; an object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Google's answer to what it does not do. */
export function googleError(status: number, reason: string, message: string): Fate {
  return {
    status,
    body: { error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } },
  };
}

/** A connection that says so little more breaks after this, so that what was said gets through. */
const BREAK_MS = 20;

export class FaultProxy {
  /** All calls so far. */
  readonly calls: Call[] = [];
  /** Says what becomes of a call; it may take its time. By default all pass. */
  decide: (call: Call) => Fate | Promise<Fate> = () => 'pass';
  /** Connections that have been made to it. */
  readonly connections: Socket[] = [];
  /** Bytes of answers' bodies that passed. */
  passed = 0;
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
    this.server.on('connection', (socket) => this.connections.push(socket));
  }

  static async before(url: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // the client went away
    }
    const body = Buffer.concat(chunks);
    const { headers } = incoming;
    const call = { method: incoming.method!, path: incoming.url!, headers, body: body.toString('utf8') };
    this.calls.push(call);
    const fate = await this.decide(call);
    if (typeof fate === 'object' && 'status' in fate) answer(outgoing, fate);
    else this.passOn(call, body, fate, outgoing);
  }

  private passOn(
    { method, path, headers }: Call,
    body: Buffer,
    fate: 'pass' | 'lose the answer' | { readonly cutAfter: number; readonly silent?: boolean },
    outgoing: ServerResponse,
  ): void {
    const { hostname, port, host } = this.target;
    const forwarded = request(
      // Without an agent: a connection that is used again may be one that the server is just closing.
      { hostname, port, method, path, headers: { ...headers, host }, agent: false },
      (response) => {
        if (fate === 'lose the answer') {
          response.resume().on('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(response.statusCode!, response.headers);
        outgoing.on('close', () => response.destroy());
        response.on('data', (piece: Buffer) => {
          this.passed += piece.length;
        });
        if (fate === 'pass') response.pipe(outgoing);
        else cutOff(response, outgoing, fate);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  }
}

function answer(outgoing: ServerResponse, { status, body = '', headers }: Answer): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
}

function cutOff(
  response: IncomingMessage,
  outgoing: ServerResponse,
  { cutAfter, silent }: { readonly cutAfter: number; readonly silent?: boolean },
): void {
  let left = cutAfter;
  if (left === 0) {
    outgoing.flushHeaders();
    setTimeout(() => outgoing.destroy(), BREAK_MS);
  }
  response.on('data', (piece: Buffer) => {
    if (left <= 0) return;
    const part = piece.subarray(0, left);
    left -= part.length;
    outgoing.write(part, () => left <= 0 && !silent && outgoing.destroy());
  });
  response.on('end', () => left > 0 && outgoing.end());
}
