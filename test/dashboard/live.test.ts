/** A live connection that is lost and found; test/browser/dashboard.test.ts does it with a real one. */
import { waitAfter } from '../../dashboard/backoff';
import { type Connection, listen, type Source } from '../../dashboard/live';
import { Problem } from '../../dashboard/problem';

class ScriptedSource implements Source {
  isClosed = false;
  private readonly listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.isClosed = true;
  }
  send(type: string, data?: unknown): void {
    this.listeners.get(type)?.({ data: data === undefined ? undefined : JSON.stringify(data) });
  }
}

function scene() {
  const sources: ScriptedSource[] = [];
  const heard: unknown[] = [];
  const connections: Connection[] = [];
  const timers: { ms: number; then: () => void }[] = [];
  let probed: Promise<unknown> = Promise.resolve();
  const stop = listen(
    {
      open: () => {
        const source = new ScriptedSource();
        sources.push(source);
        return source;
      },
      probe: () => probed,
      now: () => 5000,
      after: (ms, then) => {
        const timer = { ms, then };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
      chance: () => 0,
    },
    {
      onTables: (version) => heard.push(version),
      onStatus: (status) => heard.push(status),
      onConnection: (connection) => connections.push(connection),
    },
  );
  return {
    ...{ sources, heard, connections, stop, timers },
    /** The wait is over, and the server answers so. */
    retry: async (answer: Promise<unknown>) => {
      answer.catch(() => {});
      probed = answer;
      const timer = timers.shift();
      timer?.then();
      for (let i = 0; i < 5; i += 1) await Promise.resolve();
      return timer?.ms;
    },
  };
}

test('it hears versions and states', () => {
  const { sources, heard, connections } = scene();
  sources[0].send('open');
  sources[0].send('tables', { version: 'v1' });
  sources[0].send('status', null);
  expect(heard).toEqual(['v1', null]);
  expect(connections).toEqual([{ state: 'connecting' }, { state: 'open' }]);
});

test('a lost connection is found again, later each time', async () => {
  const { sources, heard, connections, retry } = scene();
  sources[0].send('open');
  sources[0].send('error');
  expect(sources[0].isClosed).toBe(true);
  expect(connections.at(-1)).toEqual({ state: 'lost', since: 5000 });
  const gone = () => Promise.reject(new Problem('unreachable', 'gone'));
  expect([await retry(gone()), await retry(gone()), await retry(gone())]).toEqual(
    [1, 2, 3].map((failures) => waitAfter(failures, 0)),
  );
  expect(sources).toHaveLength(1);
  await retry(Promise.resolve());
  expect(sources).toHaveLength(2);
  expect(connections.at(-1)?.state).toBe('lost');
  sources[1].send('open');
  sources[1].send('tables', { version: 'v2' });
  // What the old one still says doesn't count.
  sources[0].send('tables', { version: 'v0' });
  expect(heard).toEqual(['v2']);
  expect(connections.at(-1)).toEqual({ state: 'open' });
  sources[1].send('error');
  expect(await retry(Promise.resolve())).toBe(waitAfter(1, 0));
});

test('where a token is wanted it stops asking', async () => {
  const { sources, connections, retry, timers } = scene();
  sources[0].send('error');
  await retry(Promise.reject(new Problem('unauthorized', 'token')));
  expect(connections.at(-1)).toEqual({ state: 'refused' });
  expect(timers).toEqual([]);
});

test('after the end nothing is opened', async () => {
  const { sources, stop, retry, timers } = scene();
  sources[0].send('error');
  stop();
  expect(timers).toEqual([]);
  await retry(Promise.resolve());
  expect(sources).toHaveLength(1);
});
