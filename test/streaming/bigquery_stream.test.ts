/**
 * A streaming run into BigQuery is killed between any two steps of a commit and started again: in the end its tables are those of a batch run over the same events. FUNNELPULSE_KILL_EVENTS sets how many events.
 */
import { runs } from '../../schema/tables';
import { runSql } from '../emulators/bigquery_rows';
import { describeWithStreamedBigquery } from '../emulators/streamed_bigquery';
import { BigqueryScene, own } from './bigquery_scene';

// A statement takes the stand-in tenths of a second, on a machine that has other work several times that.
jest.setTimeout(300_000);

let scene: BigqueryScene;
beforeAll(async () => {
  scene = await BigqueryScene.open(Number(process.env.FUNNELPULSE_KILL_EVENTS ?? 12_000));
});
afterAll(() => scene.close());

describeWithStreamedBigquery('a stream into BigQuery', (server) => {
  test('undisturbed, its tables are those of a batch run, and runs says so', async () => {
    expect(await scene.run(scene.place(), 'calm')).toMatchObject({ code: 0, stdout: 'done', stderr: '' });
    expect(await scene.wrong('calm')).toEqual([]);
    const [row, ...others] = await runSql(
      own('calm'),
      `SELECT mode, status, watermark, TO_JSON_STRING(counts) AS counts FROM calm.${runs.name}`,
    );
    expect(others).toEqual([]);
    expect({ ...row, counts: JSON.parse(String(row.counts)) }).toMatchObject({
      ...{ mode: 'streaming', status: 'done', watermark: null },
      counts: { read: scene.events, late_dropped: 0, tables: scene.rows },
    });
    const view = await runSql(own('calm'), 'SELECT COUNT(*) AS n FROM calm.gold_funnel_daily_brand_closed');
    expect(view).toEqual([{ n: scene.rows.gold_funnel_daily_brand }]);
  });

  test.each(['before the flush', 'before the commit', 'after the commit', 'after finalising'])(
    'killed %s and started again',
    async (point) => {
      const [state, dataset] = [scene.place(), point.replaceAll(' ', '_')];
      expect(await scene.run(state, dataset, point, '2')).toMatchObject({ signal: 'SIGKILL' });
      // Its own lease, which nobody gave back, does not keep it waiting.
      expect(await scene.run(state, dataset)).toMatchObject({ code: 0, stderr: '' });
      expect(await scene.wrong(dataset)).toEqual([]);
      const statuses = server()
        .rowsOf(dataset, runs)
        .map(({ status }) => status);
      expect(statuses.sort()).toEqual(['done', 'running']);
    },
  );
});
