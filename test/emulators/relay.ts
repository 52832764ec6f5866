/** A way to a server that can be cut and mended, so that a test has an outage without what the server loses when it ends. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './pubsub';

export class Relay {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly port: number,
    private readonly target: number,
  ) {}

  /** A way to `host`, `127.0.0.1:PORT`; it is open. */
  static async to(host: string): Promise<Relay> {
    const relay = new Relay(await freePort(), Number(host.split(':')[1]));
    await relay.mend();
    return relay;
  }

  /** Where it listens. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections break, and new ones are refused. */
  async cut(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(server, 'close');
  }

  /** New connections get through again. */
  async mend(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        // One side's end is the other's.
        socket
          .on('error', () => {})
          .on('close', () => {
            this.sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
      }
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}
