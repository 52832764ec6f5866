/** Late events of a stream, as somebody sees them who looks into the output while it runs: rows that are written again, an anomaly that heals, and what came too late, which is counted as that and changes nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeWithPubsub } from '../../emulators/pubsub';
import type { Started } from '../product';
import type { TableRow } from '../table_diff';
import { differences, rejected, Scene } from './scene';
import { BASELINE, event, type Message, SENT, times } from './single_events';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

type Tables = Record<string, TableRow[]>;
const hourOf = (hour: string): number => Date.parse(`2019-10-01T${hour}:00:00Z`);
const brandRow = ({ gold_funnel_hourly_brand: rows = [] }: Tables, hour: string, brand: string) =>
  rows.find((row) => row.window_start === hourOf(hour) && row.brand === brand);
const anomaly = ({ gold_anomalies_hourly_brand: rows = [] }: Tables, brand: string) =>
  rows.find((row) => row.brand === brand);
const books = ({ pipeline_ledger: rows = [] }: Tables, hour: string) =>
  rows.find((row) => row.window_start === hourOf(hour));
const lateDropped = ({ pipeline_ledger: rows = [] }: Tables) =>
  rows.reduce((sum, row) => sum + Number(row.late_dropped), 0);
const gold = (tables: Tables) =>
  Object.fromEntries(Object.entries(tables).filter(([name]) => name.startsWith('gold_')));
const revisionOf = (row: TableRow | undefined) => Number(row?.revision);

describeWithPubsub('lateness of a stream from the emulator', () => {
  let scene: Scene;
  /** What counts: all messages but those that come too late. */
  const counting: Message[] = [];
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  async function publish(...messages: Message[]): Promise<void> {
    counting.push(...messages);
    await scene.publish(messages);
  }

  test('late rows, healed anomalies, and what is too late', async () => {
    const baseline = join(scene.folder, 'baseline.csv');
    writeFileSync(baseline, BASELINE);
    const scoring = ['--baseline', baseline, '--min-flag-views', '10'];
    const follow = (): Started =>
      scene.follow(
        ...['--early-firing', '250ms', '--commit-every', '200ms', '--when-idle', 'hold'],
        ...['--watermark-memory', '30s', '--workers', '1', '--quiet', ...scoring],
      );
    let following = follow();
    const see = (isSo: (tables: Tables) => boolean) => scene.see(following, isSo);

    // Early: the watermark has not moved, and unfinished hours are not scored.
    const counted = event('view', 'acme', '08:15:00', SENT);
    await publish(
      counted,
      ...times(20, () => event('view', 'acme', '10:10:00', SENT)),
      ...times(20, () => event('view', 'dud', '10:20:00', SENT)),
      ...times(3, () => event('view', 'zen', '10:30:00', SENT)),
    );
    const early = await see((tables) => revisionOf(brandRow(tables, '10', 'acme')) === 43);
    expect(brandRow(early, '10', 'acme')).toMatchObject({ pane: 'early', views: 20, purchases: 0 });
    expect(brandRow(early, '08', 'acme')).toMatchObject({ pane: 'early', views: 1, revision: 1 });
    expect(early.gold_anomalies_hourly_brand).toEqual([]);

    // On time: further messages, over more than five seconds, bear out that it is half past twelve.
    let onTime = early;
    while (brandRow(onTime, '10', 'acme')?.pane !== 'on_time') {
      await publish(event('view', 'pulse', '12:30:00'));
      await delay(250);
      onTime = await see(() => true);
    }
    onTime = await see((tables) => anomaly(tables, 'acme') !== undefined);
    expect(brandRow(onTime, '10', 'acme')).toMatchObject({ views: 20, purchases: 0, revision: 43 });
    expect(brandRow(onTime, '08', 'acme')).toMatchObject({ pane: 'on_time', views: 1, revision: 1 });
    for (const brand of ['acme', 'dud'])
      expect(anomaly(onTime, brand)).toMatchObject({
        ...{ status: 'open', anomaly_type: 'drop', pane: 'on_time', revision: 43, baseline: 'file' },
        ...{ views: 20, purchases: 0, expected_purchases: expect.closeTo(4, 9) },
      });
    expect(anomaly(onTime, 'zen')).toBeUndefined();
    expect(brandRow(onTime, '12', 'pulse')?.pane).toBe('early');

    // Late: all rows of the hour come again, with a larger revision.
    await publish(event('purchase', 'acme', '10:40:00'));
    const late = await see((tables) => revisionOf(brandRow(tables, '10', 'acme')) === 44);
    expect(brandRow(late, '10', 'acme')).toMatchObject({ pane: 'late', views: 20, purchases: 1 });
    expect(brandRow(late, '10', 'zen')).toMatchObject({ pane: 'late', views: 3, revision: 44 });
    expect(anomaly(late, 'acme')).toMatchObject({ status: 'open', pane: 'late', revision: 44, purchases: 1 });

    // Late purchases heal one anomaly and leave the other.
    await publish(...times(3, () => event('purchase', 'acme', '10:50:00')));
    const healed = await see((tables) => revisionOf(brandRow(tables, '10', 'acme')) === 47);
    expect(anomaly(healed, 'acme')).toMatchObject({
      ...{ status: 'retracted', anomaly_type: null, is_drop_anomaly: false },
      ...{ pane: 'late', revision: 47, purchases: 4 },
    });
    expect(anomaly(healed, 'dud')).toMatchObject({ status: 'open', revision: 47 });
    expect(books(healed, '10')).toMatchObject({ read: 47, counted: 47, late_dropped: 0, unaccounted: 0 });

    // Too late: an event, one that was counted already, one of an hour that nobody has heard of. A bad one is rejected, as ever.
    const bad = event('purchase', 'acme', '08:50:00', '2019-10-01T08:50:00Z', '-1');
    counting.push(bad);
    await scene.publish([
      event('purchase', 'acme', '08:40:00'),
      counted,
      event('view', 'nobody', '03:00:00'),
      bad,
    ]);
    const dropped = await see((tables) => lateDropped(tables) === 3 && tables.dead_letters.length === 1);
    expect(gold(dropped)).toEqual(gold(healed));
    expect(books(dropped, '08')).toMatchObject({
      ...{ read: 4, counted: 1, duplicates: 0, rejected: 1, late_dropped: 2, unaccounted: 0 },
      late_source: 'runner',
    });
    expect(books(dropped, '03')).toMatchObject({
      ...{ read: 1, counted: 0, duplicates: 0, rejected: 0, late_dropped: 1, unaccounted: 0 },
    });
    expect(books(dropped, '10')).toMatchObject({ read: 47, counted: 47, late_dropped: 0 });
    expect(rejected(dropped)).toEqual([`nonpositive_price ${bad.data}`]);

    // And on: an hour that is not over takes events as before.
    await publish(event('view', 'after', '12:45:00'));
    await see((tables) => brandRow(tables, '12', 'after')?.views === 1);
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
    const drained = await scene.tables();
    expect(drained.pipeline_ledger.filter(({ unaccounted }) => unaccounted !== 0)).toEqual([]);

    // A new start knows what is late, at once.
    following = follow();
    await publish(event('purchase', 'zen', '10:55:00'));
    await scene.publish([event('view', 'zen', '09:55:00')]);
    const again = await see(
      (tables) => revisionOf(brandRow(tables, '10', 'zen')) === 48 && lateDropped(tables) === 4,
    );
    expect(brandRow(again, '10', 'zen')).toMatchObject({ pane: 'late', views: 3, purchases: 1 });
    expect(anomaly(again, 'acme')).toMatchObject({ status: 'retracted', revision: 48 });
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' });

    const messages = join(scene.folder, 'counting.ndjson');
    writeFileSync(messages, counting.map(({ data }) => `${data}\n`).join(''));
    const [batch, live] = [await scene.batch(messages, ...scoring), await scene.tables()];
    expect(batch.gold_anomalies_hourly_brand).toMatchObject([{ brand: 'dud', status: 'open' }]);
    expect(differences(batch, { ...live, pipeline_ledger: withoutDropped(live) })).toEqual([]);
    expect(rejected(live)).toEqual(rejected(batch));
  });
});

/** The ledger as if what came too late had never come. */
function withoutDropped({ pipeline_ledger: rows }: Tables): TableRow[] {
  return rows
    .map((row): TableRow => ({ ...row, read: Number(row.read) - Number(row.late_dropped) }))
    .filter(({ read }) => read !== 0);
}
