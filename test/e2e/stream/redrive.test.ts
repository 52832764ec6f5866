/** Rejected, repaired, sent again: the ledger of a running stream shows each step, and a second try of the same is a duplicate. */
import { join } from 'node:path';
import { describeWithPubsub } from '../../emulators/pubsub';
import type { TableRow } from '../table_diff';
import { Scene } from './scene';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

type Tables = Record<string, TableRow[]>;

describeWithPubsub('dead letters of a stream', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  const sum = ({ pipeline_ledger: rows = [] }: Tables, column: string) =>
    rows.reduce((total, row) => total + Number(row[column]), 0);

  test('go back to the topic, count once, and are on their own topic besides', async () => {
    const now = Date.now();
    const event = (number: number, price: string) => {
      const event_time = new Date(now + number * 1000).toISOString();
      const record = {
        event_time,
        event_type: 'purchase',
        product_id: `${number}`,
        brand: 'acme',
        user_id: 'u',
      };
      return { data: Buffer.from(JSON.stringify({ ...record, price })), attributes: { event_time } };
    };
    const letters = await scene.listen('letters');
    const following = scene.follow(
      ...[
        '--early-firing',
        '250ms',
        '--commit-every',
        '200ms',
        '--quiet',
        '--dead-letter-topic',
        letters.topic,
      ],
    );
    await scene.publish([event(1, '1.00'), event(2, '2.00'), event(3, 'free'), event(4, 'free')]);
    const before = await scene.see(following, (tables) => sum(tables, 'rejected') === 2);
    expect(before.dead_letters).toMatchObject([{ reason: 'bad_price' }, { reason: 'bad_price' }]);
    expect((await letters.receive(2)).map(({ attributes }) => attributes)).toMatchObject([
      { reason: 'bad_price', stage: 'parse' },
      { reason: 'bad_price', stage: 'parse' },
    ]);

    const redrive = (rest: string) =>
      scene.run(
        ...['redrive', '--from', `duckdb:${scene.output}`, '--topic', scene.topic, '--fix', 's/free/3.00/'],
        ...['--rest', join(scene.folder, rest), '--json'],
      );
    expect(await redrive('first.ndjson')).toMatchObject({ code: 0 });
    const after = await scene.see(following, (tables) => sum(tables, 'counted') === 4);
    expect([sum(after, 'read'), sum(after, 'rejected'), sum(after, 'redriven')]).toEqual([6, 2, 2]);
    expect(after.gold_funnel_daily_brand.reduce((total, row) => total + Number(row.revenue), 0)).toBe(90_000);

    expect(await redrive('second.ndjson')).toMatchObject({ code: 0 });
    const twice = await scene.see(following, (tables) => sum(tables, 'duplicates') === 2);
    expect([sum(twice, 'counted'), sum(twice, 'redriven'), sum(twice, 'unaccounted')]).toEqual([4, 2, 0]);
    following.process.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
