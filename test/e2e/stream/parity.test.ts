/** A stream gives what a batch run over the same messages gives, row by row: shuffled, late and twice as live traffic is. */
import { join } from 'node:path';
import { describeWithPubsub } from '../../emulators/pubsub';
import { SAMPLE } from '../product';
import { differences, rejected, Scene } from './scene';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

/** Events of the made-up shop; `make verify-stream` asks for 300,000. */
const EVENTS = Number(process.env.FUNNELPULSE_STREAM_EVENTS ?? 20_000);
/** As live traffic is, at worst. */
const MESSY = [
  ...['--shuffle', '30m', '--duplicate-share', '0.05', '--late-share', '0.02', '--late-by', '60m'],
];

describeWithPubsub('streams from the emulator', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.close());

  test('the real sample', async () => {
    const following = scene.followToEnd('3s', '--max-watermark-jump', '2d');
    const messages = await scene.replay('--input', SAMPLE, '--rate', '4000', ...MESSY);
    await following;
    const [batch, live] = [await scene.batch(messages, '--baseline', 'trailing'), await scene.tables()];
    expect(differences(batch, live)).toEqual([]);
    expect(rejected(live)).toEqual(rejected(batch));
    expect(
      live.pipeline_ledger.every(({ unaccounted, late_dropped }) => unaccounted === 0 && late_dropped === 0),
    ).toBe(true);
  });

  test.each(['trailing', 'a file'])(
    `${EVENTS} events of a made-up shop, scored against %s`,
    async (which) => {
      const events = join(scene.folder, 'events.csv');
      const days = Math.max(4, Math.round(EVENTS / 40_000));
      const incidents = EVENTS < 100_000 ? [] : ['--incidents', '3'];
      const shop = ['--events', String(EVENTS), '--days', String(days), '--seed', '7', ...incidents];
      const made = await scene.run('generate', ...shop, '--out', events);
      expect(made).toMatchObject({ code: 0 });
      // A frozen baseline of another two weeks of the same shop.
      const file = join(scene.folder, 'baseline.csv');
      let baseline = 'trailing';
      if (which === 'a file') {
        const before = join(scene.folder, 'before.csv');
        const output = `duckdb:${join(scene.folder, 'before.duckdb')}`;
        await scene.run('generate', '--events', '60000', '--days', '14', '--seed', '7', '--out', before);
        expect(await scene.run('run', '--input', before, '--output', output, '--quiet')).toMatchObject({
          code: 0,
        });
        expect(await scene.run('baseline', '--from', output, '--out', file)).toMatchObject({ code: 0 });
        baseline = file;
      }
      const scoring = [
        '--baseline',
        baseline,
        '--min-flag-views',
        '5',
        '--min-baseline-views',
        '1',
        '--z-threshold',
        '1',
      ];
      const speed = String(Math.round((days * 86_400) / Math.max(8, EVENTS / 3000)));
      const following = scene.followToEnd('4s', '--max-watermark-jump', '2d', ...scoring);
      const messages = await scene.replay('--input', events, '--speed', speed, ...MESSY);
      await following;
      const [batch, live] = [await scene.batch(messages, ...scoring), await scene.tables()];
      expect(batch.gold_anomalies_hourly_brand.length).toBeGreaterThan(0);
      expect(differences(batch, live)).toEqual([]);
      expect(rejected(live)).toEqual(rejected(batch));
      process.stdout.write(`${EVENTS} events at ${speed} times the speed of the shop's own time\n`);
    },
    600_000,
  );
});
