/** The server's events: that tables have changed, and what a stream says of itself. A lost connection is looked for again, later each time. */
import type { PipelineStatus } from '../serving/served';
import { waitAfter } from './backoff';
import { problemOf } from './problem';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** @property since milliseconds since 1970 */
  | { readonly state: 'lost'; readonly since: number }
  /** The server wants a token first. */
  | { readonly state: 'refused' };

export interface LiveListener {
  readonly onTables: (version: string) => void;
  readonly onStatus: (status: PipelineStatus | null) => void;
  readonly onConnection: (connection: Connection) => void;
}

/** The part of an EventSource that is used. */
export interface Source {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LiveWorld {
  readonly open: () => Source;
  /** Asks the server anything, since an EventSource doesn't say why it failed. Fails with a Problem. */
  readonly probe: () => Promise<unknown>;
  readonly now: () => number;
  readonly after: (ms: number, then: () => void) => () => void;
  readonly chance: () => number;
}

/** Listens until what it returns is called. */
export function listen(world: LiveWorld, listener: LiveListener): () => void {
  let source: Source | null = null;
  let cancel: (() => void) | null = null;
  let isOver = false;
  let failures = 0;
  let since: number | null = null;

  const connect = (): void => {
    const opened = world.open();
    source = opened;
    const on = (type: string, heard: (data: string) => void): void =>
      opened.addEventListener(type, ({ data }) => {
        if (source === opened) heard(typeof data === 'string' ? data : '');
      });
    on('open', () => {
      failures = 0;
      since = null;
      listener.onConnection({ state: 'open' });
    });
    on('tables', (data) => listener.onTables((JSON.parse(data) as { version: string }).version));
    on('status', (data) => listener.onStatus(JSON.parse(data) as PipelineStatus | null));
    on('error', () => {
      opened.close();
      source = null;
      lost();
    });
  };

  const lost = (): void => {
    failures += 1;
    since ??= world.now();
    listener.onConnection({ state: 'lost', since });
    cancel = world.after(waitAfter(failures, world.chance()), () => {
      world.probe().then(
        () => {
          if (!isOver) connect();
        },
        (error) => {
          if (isOver) return;
          if (problemOf(error).kind === 'unauthorized') listener.onConnection({ state: 'refused' });
          else lost();
        },
      );
    });
  };

  listener.onConnection({ state: 'connecting' });
  connect();
  return () => {
    isOver = true;
    cancel?.();
    source?.close();
    source = null;
  };
}
