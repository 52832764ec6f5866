/** A server of the dashboard over tables in memory: the real API and the real page. The tables can change, the stream can say how it is, and the server can go away and come back. */
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { createApi } from '../../serving/api/api';
import type { PipelineStatus } from '../../serving/served';
import { type OpenStore, storeOf } from '../serving/reference_store';

const ASSETS = join(__dirname, '../../dist/dashboard');

type Rows = Parameters<typeof storeOf>[0];

export class DashboardServer {
  /** Paths with their queries, in the order in which they were asked. */
  readonly asked: string[] = [];
  /** Questions fail as they do where another program holds the file. */
  isLocked = false;
  status: PipelineStatus | null = null;
  private readonly listeners = new Set<() => void>();
  private server: Server | null = null;
  private port = 0;
  private readonly stores: OpenStore[] = [];
  private readonly over = new AbortController();
  private readonly api: ReturnType<typeof createApi>;

  /** @param token that is asked for; null where none is */
  static async start(tables: Rows, token: string | null = null): Promise<DashboardServer> {
    if (!existsSync(join(ASSETS, 'index.html')))
      throw new Error(`${ASSETS} is missing: build it with "npm run build"`);
    const made = new DashboardServer(token);
    made.stores.push(await storeOf(tables));
    await made.comeBack();
    return made;
  }

  private constructor(token: string | null) {
    const served = {
      name: 'duckdb:out/shop.duckdb',
      read: <T>(questions: (store: OpenStore) => Promise<T>): Promise<T> => {
        if (this.isLocked) throw Object.assign(new Error('locked'), { name: 'InputError' });
        return questions(this.stores[this.stores.length - 1]);
      },
      onChange: (listener: () => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      status: () => this.status,
      close: async () => {},
    };
    const options = {
      version: '0',
      token,
      loopbackNamesOnly: true,
      assets: ASSETS,
      signal: this.over.signal,
    };
    this.api = createApi(served, options);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the API itself says. */
  async answer<T>(path: string): Promise<T> {
    return (await (await this.api.request(path)).json()) as T;
  }

  /** Other tables, of which everybody is told. Their `runs` have to be others, too. @returns when they were told, milliseconds since 1970 */
  async change(tables: Rows): Promise<number> {
    this.stores.push(await storeOf(tables));
    for (const listener of this.listeners) listener();
    return Date.now();
  }

  /** Nobody answers any more; who is connected isn't. */
  async goAway(): Promise<void> {
    const { server } = this;
    this.server = null;
    await new Promise<void>((resolve) => {
      if (server === null) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** At the same port as before. */
  async comeBack(): Promise<void> {
    const server = createAdaptorServer({ fetch: this.api.fetch }) as Server;
    server.on('request', ({ url }) => this.asked.push(url ?? ''));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    this.over.abort();
    await this.goAway();
    for (const store of this.stores) store.close();
  }
}
