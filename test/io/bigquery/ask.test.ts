/** Questions to BigQuery: of the same rows each has the answer that DuckDB has. The sample goes to both by the command line. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask as askBigquery } from '../../../io/bigquery/ask';
import { openBigquery } from '../../../io/bigquery/client';
import { qualified } from '../../../io/bigquery/dataset_name';
import { ask as askDuckdb } from '../../../io/duckdb/ask';
import { withDuckdb } from '../../../io/duckdb/open';
import { required } from '../../../schema/column';
import type { Answer } from '../../../schema/question';
import { anomaliesByDay, anomaliesOfBrand, openAnomalies } from '../../../serving/questions/anomalies';
import {
  anomalousHours,
  hoursCovered,
  judgedHours,
  lastJudgement,
} from '../../../serving/questions/anomalous_hours';
import { anomaliesOfHour, anomalyList, anomalyPosition } from '../../../serving/questions/anomaly_list';
import { bandsWithout } from '../../../serving/questions/band_history';
import { brandPosition, brandRanks } from '../../../serving/questions/brand_ranks';
import { daysCovered } from '../../../serving/questions/coverage';
import {
  canAsk,
  FUNNEL_KEYS,
  funnelPosition,
  funnelRows,
  GRAINS,
} from '../../../serving/questions/funnel_rows';
import { bandsInHour, hoursOfBrand } from '../../../serving/questions/hours';
import { ledgerPosition, ledgerRows, ledgerTotals, rejectReasons } from '../../../serving/questions/quality';
import { runList, runPosition } from '../../../serving/questions/run_list';
import type { QuestionDialect } from '../../../serving/questions/selection_sql';
import {
  type Ask,
  bigqueryQuestions,
  DUCKDB_QUESTIONS,
  type Period,
  type Store,
  sqlStore,
} from '../../../serving/questions/store';
import {
  categories,
  countBrands,
  daysOfBrands,
  daysOfShop,
  priceBands,
  topBrands,
  withoutBrand,
} from '../../../serving/questions/totals';
import { SAMPLE, start } from '../../e2e/product';
import { describeWithBigquery } from '../../emulators/bigquery';

jest.setTimeout(300_000);

interface Database {
  readonly dialect: QuestionDialect;
  readonly ask: Ask;
}

const DATASET = { project: 'local-test', dataset: 'asked' };
const HOSTILE = "x' OR ''='";
const FLAGS = ['--min-flag-views', '2', '--min-baseline-views', '1', '--z-threshold', '0.3'];

describeWithBigquery('questions to BigQuery', () => {
  let folder: string;
  let file: string;
  let bigquery: Database;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-asked-'));
    file = join(folder, 'x.duckdb');
    for (const output of [`duckdb:${file}`, 'bigquery:local-test.asked']) {
      const flags = ['--input', SAMPLE, '--now', '2026-01-01T00:00:00Z', ...FLAGS];
      const { code, stderr } = await start(['run', '--quiet', ...flags, '--output', output]).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    const place = { client: openBigquery('local-test'), location: 'US' };
    bigquery = {
      dialect: bigqueryQuestions((table) => qualified(DATASET, table)),
      ask: (question) => askBigquery(place, question),
    };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Puts it to both, and gives what both answer. */
  async function sameOf<T>(question: (database: Database) => Promise<T>): Promise<T> {
    const answer = await withDuckdb(file, 'READ_ONLY', (connection) =>
      question({ dialect: DUCKDB_QUESTIONS, ask: (one) => askDuckdb(connection, one) }),
    );
    expect(await question(bigquery)).toEqual(answer);
    return answer;
  }

  function same<T>(question: (store: Store) => Promise<T>): Promise<T> {
    return sameOf(({ dialect, ask }) => question(sqlStore(dialect, ask)));
  }

  test('values come over whole', async () => {
    const columns = {
      text: required('text', 'x'),
      at: required('timestamp', 'x'),
      day: required('date', 'x'),
      count: required('int64', 'x'),
      money: required('money', 'x'),
      double: required('double', 'x'),
      is: required('boolean', 'x'),
    };
    const text = `\ufeff"\\\n\u2028😀 ${HOSTILE} __proto__`;
    const money = '-12345678901234567890.1234';
    const ask = (database: Database): Promise<Answer<typeof columns>[]> => {
      const { column, parameter, time, date, money: amount } = database.dialect;
      return database.ask({
        sql: `SELECT ${parameter('text')} AS ${column('text')}, ${time('at')} AS ${column('at')}, ${date('day')} AS ${column('day')}, ${parameter('count')} AS ${column('count')}, ${amount('money')} AS ${column('money')}, ${parameter('double')} AS ${column('double')}, ${parameter('count')} > 3 AS ${column('is')}`,
        parameters: {
          text,
          at: -62_135_596_799_999,
          day: '0001-01-01',
          count: 9_007_199_254_740_991,
          money,
          double: 0.1,
        },
        columns,
      });
    };
    expect(await sameOf(ask)).toEqual([
      {
        ...{ text, at: -62_135_596_799_999, day: '0001-01-01', count: 9_007_199_254_740_991 },
        ...{ money: -123_456_789_012_345_678_901_234n, double: 0.1, is: true },
      },
    ]);
    const [{ text: empty }] = await sameOf(({ dialect, ask }) =>
      ask({
        sql: `SELECT ${dialect.parameter('text')} AS ${dialect.column('text')}`,
        parameters: { text: '' },
        columns: { text: columns.text },
      }),
    );
    expect(empty).toBe('');
  });

  test('the report’s questions', async () => {
    const covered = await same(daysCovered);
    for (const period of [covered!, { since: nextDay(covered!.since), until: covered!.since }]) {
      const brands = await same((store) => topBrands(store, period, 1000));
      const some = [...brands.slice(0, 3).map(({ key }) => key), HOSTILE];
      await same((store) => daysOfShop(store, period));
      await same((store) => daysOfBrands(store, period, some));
      await same((store) => withoutBrand(store, period));
      await same((store) => countBrands(store, period));
      await same((store) => categories(store, period, 5));
      await same((store) => priceBands(store, period));
      await same((store) => anomaliesByDay(store, period));
      await same((store) => openAnomalies(store, period, 1000));
    }
    const [{ window_start, brand }] = await same((store) => openAnomalies(store, covered!, 1));
    expect(await same((store) => anomaliesOfBrand(store, covered!, brand))).not.toEqual([]);
    const around = { from: window_start - 5 * HOUR, to: window_start + 5 * HOUR };
    expect(await same((store) => hoursOfBrand(store, brand, around))).not.toEqual([]);
    expect(await same((store) => hoursOfBrand(store, HOSTILE, around))).toEqual([]);
    expect(await same((store) => bandsInHour(store, window_start))).not.toEqual([]);
    expect(await same((store) => bandsWithout(store, covered!, window_start))).not.toEqual([]);
  });

  test('a report of both is the same page', async () => {
    const pages: string[] = [];
    for (const from of [`duckdb:${file}`, 'bigquery:local-test.asked']) {
      const out = join(folder, 'report.html');
      const { code, stderr } = await start(['report', '--quiet', '--from', from, '--out', out]).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      pages.push(
        readFileSync(out, 'utf8')
          .replace(`From ${from}`, '')
          .replace(/Made [^.]*\./, ''),
      );
    }
    expect(pages[1]).toBe(pages[0]);
    expect(pages[0]).toContain('<h2 id="evidence">');
  });

  test('the funnel by what and when one wants it, page by page', async () => {
    const range = rangeOf((await same(daysCovered))!);
    const [{ key }] = await same((store) => brandRanks(store, { range, prefix: '', after: null, most: 1 }));
    for (const by of FUNNEL_KEYS)
      for (const grain of GRAINS)
        for (const part of [range, { from: range.from + HOUR, to: range.to - HOUR }]) {
          if (!canAsk(by, grain, part)) continue;
          // A part of a day is another table for totals only. A question takes the stand-in half a second.
          if (part !== range && grain !== 'total') continue;
          const choice = { by, grain, range: part, keys: by === 'brand' ? [key, HOSTILE] : [], most: 7 };
          const rows = await same((store) => funnelRows(store, { ...choice, after: null }));
          expect(rows).not.toEqual([]);
          const after = funnelPosition(by, grain, rows[rows.length - 1]);
          await same((store) => funnelRows(store, { ...choice, after }));
        }
    for (const prefix of ['', key.slice(0, 2), HOSTILE])
      for (const part of [range, { from: range.from + HOUR, to: range.to - HOUR }]) {
        const choice = { range: part, prefix, most: 5 };
        const rows = await same((store) => brandRanks(store, { ...choice, after: null }));
        if (prefix !== HOSTILE) {
          const after = brandPosition(rows[rows.length - 1]);
          await same((store) => brandRanks(store, { ...choice, after }));
        }
      }
  });

  test('what alerts ask', async () => {
    const { from } = (await same(hoursCovered))!;
    expect(await same(lastJudgement)).toEqual({ watermark: null, minViews: 2 });
    const found = await same((store) => anomalousHours(store, from));
    const brands = [...new Set(found.map(({ brand }) => brand)), HOSTILE];
    expect(await same((store) => judgedHours(store, brands, from, 2))).not.toEqual([]);
    const later = found[0].window_start + HOUR;
    expect((await same((store) => anomalousHours(store, later))).length).toBeLessThan(found.length);
  });

  test('lists page by page: anomalies, ledger, runs', async () => {
    const range = rangeOf((await same(daysCovered))!);
    for (const order of ['time', 'risk'] as const) {
      const choice = { status: 'open', type: null, brand: null, range, order, most: 4 } as const;
      const rows = await same((store) => anomalyList(store, { ...choice, after: null }));
      expect(rows).toHaveLength(4);
      const after = anomalyPosition(order, rows[3]);
      expect(await same((store) => anomalyList(store, { ...choice, after }))).not.toEqual([]);
      const { brand, window_start } = rows[0];
      const own = { ...choice, status: 'all', type: 'drop', brand, range: null, after: null } as const;
      await same((store) => anomalyList(store, own));
      expect(
        await same(async (store) =>
          (await anomaliesOfHour(store, window_start)).sort((a, b) => (a.brand < b.brand ? -1 : 1)),
        ),
      ).not.toEqual([]);
    }
    for (const part of [null, range]) {
      await same((store) => ledgerTotals(store, part));
      expect(await same((store) => rejectReasons(store, part))).not.toEqual([]);
      const books = await same((store) => ledgerRows(store, part, null, 3));
      expect(books).toHaveLength(3);
      await same((store) => ledgerRows(store, part, ledgerPosition(books[2]), 1000));
    }
    // Runs are their own: what tells them apart is left out.
    const plain = async (store: Store) =>
      (await runList(store, null, 5)).map(({ counts, mode, status, watermark, allowed_lateness_ms }) => ({
        ...{ counts: JSON.parse(counts), mode, status, watermark, allowed_lateness_ms },
      }));
    expect(await same(plain)).toHaveLength(1);
    const store = sqlStore(bigquery.dialect, bigquery.ask);
    const [run] = await runList(store, null, 5);
    expect(await runList(store, runPosition(run), 5)).toEqual([]);
  });
});

const HOUR = 3_600_000;

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 24 * HOUR).toISOString().slice(0, 10);
}

function rangeOf({ since, until }: Period): { from: number; to: number } {
  return { from: Date.parse(since), to: Date.parse(nextDay(until)) };
}
