/** Whose a dataset is that a stream writes to, what the stream needs of it, and what becomes of rows that BigQuery refuses. */
import { deadLetters, goldFunnelDailyBrand, pipelineLedger, runs } from '../../schema/tables';
import { readDataset, runSql } from '../emulators/bigquery_rows';
import { describeWithStreamedBigquery } from '../emulators/streamed_bigquery';
import { BigqueryScene, own } from './bigquery_scene';

// A statement takes the stand-in tenths of a second, on a machine that has other work several times that.
jest.setTimeout(300_000);

let scene: BigqueryScene;
beforeAll(async () => {
  scene = await BigqueryScene.open(12_000);
});
afterAll(() => scene.close());

describeWithStreamedBigquery('a dataset of a stream', (server) => {
  test('a dataset is one stream’s: not another’s, not a batch run’s, unless they replace it', async () => {
    const first = scene.place();
    expect(await scene.run(first, 'owned')).toMatchObject({ code: 0 });
    const other = await scene.run(scene.place(), 'owned');
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /^InputError: bigquery:local-test\.owned belongs to the stream with the state \S+, not \S+\. Give the --state of that stream, choose another --output, or --replace/,
    );
    expect(await scene.batch('owned')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^funnelpulse: bigquery:local-test\.owned belongs to the stream with the state \S+: a batch run would replace/,
      ),
    });
    expect(await scene.wrong('owned')).toEqual([]);
    expect(await scene.batch('owned', '--replace')).toMatchObject({ code: 0, stderr: '' });
    const { gold_funnel_daily_brand } = await readDataset(own('owned'));
    expect(gold_funnel_daily_brand).toHaveLength(scene.rows.gold_funnel_daily_brand);
    // The account of earlier runs stays.
    const accounts = await runSql(own('owned'), `SELECT mode FROM owned.${runs.name} ORDER BY started_at`);
    expect(accounts.map(({ mode }) => mode)).toEqual(['streaming', 'batch']);
    const late = await scene.run(first, 'owned');
    expect(late.stderr).toMatch(/^InputError: bigquery:local-test\.owned was written by a batch run \(/);
  });

  test('a state that has written commits finds its dataset gone: it is said, nothing is written', async () => {
    const state = scene.place();
    expect(await scene.run(state, 'there', 'after finalising', '2')).toMatchObject({ signal: 'SIGKILL' });
    const { stderr } = await scene.run(state, 'elsewhere');
    expect(stderr).toMatch(
      /^InputError: bigquery:local-test\.elsewhere holds nothing of the state \S+, which has written \d+ commits/,
    );
  });

  test('a row that BigQuery refuses is a dead letter, and the run fails', async () => {
    const state = scene.place();
    expect(await scene.run(state, 'picky', 'before the flush', '1')).toMatchObject({ signal: 'SIGKILL' });
    const table = server().recorder.tables.get(
      `projects/local-test/datasets/picky/tables/${goldFunnelDailyBrand.name}/streams/_default`,
    )!;
    table.refuses = () => 'views are out of range';
    const { code, stderr } = await scene.run(state, 'picky');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^RefusedRowsError: bigquery:local-test\.picky has refused (a row|[\d,]+ rows), which (is|are) in dead_letters as sink_refused: gold_funnel_daily_brand: .*views are out of range/,
    );
    expect(
      server()
        .rowsOf('picky', deadLetters)
        .some(({ reason }) => reason === 'sink_refused'),
    ).toBe(true);
    table.refuses = () => null;
    expect(await scene.run(state, 'picky')).toMatchObject({ code: 0 });
    expect(
      server()
        .rowsOf('picky', pipelineLedger)
        .every(({ unaccounted }) => unaccounted === 0),
    ).toBe(true);
  });

  test('tables without their primary keys are refused', async () => {
    await runSql(own('keyless'), 'SELECT 1');
    server().decide = ({ method, path }) =>
      method === 'GET' && path.split('?')[0].endsWith(`/tables/${runs.name}`)
        ? {
            status: 404,
            body: { error: { code: 404, message: 'Not found', errors: [{ reason: 'notFound' }] } },
          }
        : 'pass';
    try {
      const { stderr } = await scene.run(scene.place(), 'keyless');
      expect(stderr).toMatch(
        /^InputError: cannot write to bigquery:local-test\.keyless: a stream needs the declared primary keys\. runs has no primary key instead of \(run_id\)/,
      );
    } finally {
      server().decide = () => 'pass';
    }
  });
});
