/** `funnelpulse run --input pubsub://… --output bigquery:…`: live traffic into a dataset is what a batch run over the same messages puts into a file. */
import { readDataset } from '../../emulators/bigquery_rows';
import { describeWithPubsub } from '../../emulators/pubsub';
import { describeWithStreamedBigquery } from '../../emulators/streamed_bigquery';
import { SAMPLE } from '../product';
import { differences, rejected, Scene } from './scene';

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
jest.setTimeout(300_000);

describeWithPubsub('from Pub/Sub', () => {
  describeWithStreamedBigquery('into BigQuery', () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.open();
    });
    afterEach(() => scene.close());

    test('the real sample, shuffled, late and twice', async () => {
      const dataset = `live_${Date.now()}`;
      const output = `bigquery:local-test.${dataset}`;
      const following = scene.followInto(
        output,
        ...['--state', `${scene.folder}/state`, '--when-idle', 'finish', '--idle-timeout', '3s'],
        ...['--max-watermark-jump', '2d', '--json'],
      );
      const messy = [
        '--shuffle',
        '30m',
        '--duplicate-share',
        '0.05',
        '--late-share',
        '0.02',
        '--late-by',
        '60m',
      ];
      const messages = await scene.replay('--input', SAMPLE, '--rate', '4000', ...messy);
      const { code, stdout, stderr } = await following.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const batch = await scene.batch(messages, '--baseline', 'trailing');
      const live = await readDataset({ project: 'local-test', dataset });
      expect(differences(batch, live)).toEqual([]);
      expect(rejected(live)).toEqual(rejected(batch));
      expect(live.pipeline_ledger.every(({ unaccounted }) => unaccounted === 0)).toBe(true);
      const { output: name, tables, counted } = JSON.parse(stdout);
      expect({ name, tables, counted }).toMatchObject({
        name: output,
        tables: { gold_funnel_hourly_brand: batch.gold_funnel_hourly_brand.length },
        counted: batch.pipeline_ledger.reduce((sum, row) => sum + Number(row.counted), 0),
      });
    });
  });
});
