/** Alerts of a stream, as they come while it runs: an anomaly is told when its hour is over, taken back when late events heal it, and not told again by the next run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withDuckdb } from '../../../io/duckdb/open';
import { HttpSink, type Posted } from '../../emulators/http_sink';
import { describeWithPubsub } from '../../emulators/pubsub';
import type { Started } from '../product';
import { Scene } from './scene';
import { BASELINE, event, SENT, times } from './single_events';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

interface Said {
  readonly kind: string;
  readonly episode: Readonly<Record<string, unknown>>;
}

function said(posted: readonly Posted[]): Said[] {
  return posted.flatMap(({ body }) => JSON.parse(body).alerts as Said[]);
}

/** The texts that a query gives. */
function inFile(file: string, sql: string): Promise<string[]> {
  return withDuckdb(file, 'READ_ONLY', async (connection) =>
    (await connection.runAndReadAll(sql)).getRows().map(String),
  );
}

describeWithPubsub('alerts of a stream from the emulator', () => {
  let scene: Scene;
  let sink: HttpSink;
  beforeEach(async () => {
    [scene, sink] = await Promise.all([Scene.open(), HttpSink.open()]);
  });
  afterEach(() => Promise.all([scene.close(), sink.close()]));

  function follow(...args: string[]): Started {
    const baseline = join(scene.folder, 'baseline.csv');
    writeFileSync(baseline, BASELINE);
    return scene.follow(
      ...['--early-firing', '250ms', '--commit-every', '200ms', '--when-idle', 'hold', '--workers', '0'],
      ...['--watermark-memory', '30s', '--quiet', '--baseline', baseline, '--min-flag-views', '10'],
      ...['--alert', `webhook:${sink.url}`, ...args],
    );
  }

  /** Hours up to noon are over; in the one from 10:00 on nobody has bought from two brands. */
  async function publishAnomalies(following: Started): Promise<void> {
    await scene.publish([
      ...times(20, () => event('view', 'acme', '10:10:00', SENT)),
      ...times(20, () => event('view', 'dud', '10:20:00', SENT)),
    ]);
    for (;;) {
      const { gold_anomalies_hourly_brand: rows = [] } = await scene.see(following, () => true);
      if (rows.length === 2) return;
      // Messages over more than five seconds bear out that it is half past twelve.
      await scene.publish([event('view', 'pulse', '12:30:00')]);
      await delay(250);
    }
  }

  async function stopped(following: Started): Promise<void> {
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
  }

  test('told, taken back, and told once', async () => {
    const following = follow('--alert-since', '2019-10-01');
    await publishAnomalies(following);
    await sink.received(2);
    expect(said(sink.posted)).toMatchObject(
      ['acme', 'dud'].map((brand) => ({
        kind: 'detected',
        number: 1,
        episode: {
          ...{ brand, type: 'drop', status: 'open', views: 20, purchases: 0, anomalous_hours: 1 },
          ...{ from: '2019-10-01T10:00:00.000Z', to: '2019-10-01T11:00:00.000Z' },
        },
      })),
    );
    await scene.publish(times(4, () => event('purchase', 'acme', '10:50:00')));
    await sink.received(3);
    const [first, , third] = said(sink.posted);
    expect(third).toMatchObject({ kind: 'retracted', number: 2, episode: { id: first.episode.id } });
    await stopped(following);

    // The next run goes on where this one stopped: what changes now is told, what was told is not.
    const again = follow('--alert-since', '2019-10-01');
    await scene.publish(times(4, () => event('purchase', 'dud', '10:55:00')));
    await sink.received(4);
    await stopped(again);
    expect(said(sink.posted).map(({ kind, episode }) => `${episode.brand} ${kind}`)).toEqual([
      ...['acme detected', 'dud detected', 'acme retracted', 'dud retracted'],
    ]);
    const ids = sink.posted.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(4);

    // The address is a secret: it is in no table and in no file.
    const runs = await inFile(scene.output, 'SELECT CAST(runs AS VARCHAR) AS row FROM runs');
    expect(runs).toHaveLength(2);
    const memory = readFileSync(`${scene.output}.state.alerts.json`, 'utf8');
    for (const text of [...runs, memory]) expect(text).not.toContain('SECRET');
  });

  test('killed while it tells: that one is told again with the same id, and nothing else twice', async () => {
    const killed = follow('--alert-since', 'all');
    sink.answers.push(() => killed.process.kill('SIGKILL'));
    // It may end while one looks.
    await publishAnomalies(killed).catch(() => {});
    expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });
    const next = follow('--alert-since', 'all');
    await sink.received(3);
    await scene.publish(times(4, () => event('purchase', 'acme', '10:50:00')));
    await sink.received(4);
    await stopped(next);
    expect(said(sink.posted).map(({ kind, episode }) => `${episode.brand} ${kind}`)).toEqual([
      ...['acme detected', 'acme detected', 'dud detected', 'acme retracted'],
    ]);
    const [first, second] = sink.posted;
    expect([second.body, second.headers['webhook-id']]).toEqual([first.body, first.headers['webhook-id']]);
  });

  test('what a replay brings of the past is not told unless asked for, and a channel that hangs does not hold up the end', async () => {
    const quiet = follow();
    await publishAnomalies(quiet);
    await stopped(quiet);
    expect(sink.posted).toEqual([]);

    // Now it is asked for, and the server takes the message and never answers.
    sink.answers.push(() => {});
    const hanging = follow('--alert-since', 'all', '--alert-limit', '1');
    await sink.received(1);
    hanging.process.kill('SIGTERM');
    const stopping = Date.now();
    expect(await hanging.ended).toMatchObject({ code: 0 });
    expect(Date.now() - stopping).toBeLessThan(9000);

    // What did not arrive is sent by the next run, with its id.
    const next = follow('--alert-since', 'all');
    await sink.received(2);
    await stopped(next);
    const [before, after] = sink.posted;
    expect([after.body, after.headers['webhook-id']]).toEqual([before.body, before.headers['webhook-id']]);
    expect(said([after]).map(({ episode }) => episode.brand)).toEqual(['acme', 'dud']);
  });

  test.each([
    [['--alert', 'slack:http://example.org/SECRET'], /--alert slack:…: an address that begins with https:/],
    [['--alert-since', 'June'], /--alert-since June: a day or a time/],
    [['--alert-limit', '0'], /--alert-limit 0: a whole number from 1 to 1000/],
    [['--min-revenue-at-risk', 'much'], /--min-revenue-at-risk much: an amount like 500/],
  ])('%j is one message', async (args, message) => {
    const { code, stdout, stderr } = await follow(...args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(stderr).not.toContain('SECRET');
  });
});
