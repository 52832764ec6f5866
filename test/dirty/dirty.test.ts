/** The generated files hold what they promise, and the plain reference does not care in which order or in how many files they come. */
import { createHash } from 'node:crypto';
import { REJECT_REASONS } from '../../schema/events';
import { expectSameTables } from '../e2e/table_diff';
import { computeReference, type Tables } from '../reference/reference';
import { dirtyCsv } from './dirty_csv';
import { dirtyNdjson } from './dirty_ndjson';
import { cutIntoFiles, type Format, shuffleLines } from './rearranged';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const ROWS = 1500;
const GENERATORS: Record<Format, (seed: number, rows: number) => Buffer> = {
  csv: dirtyCsv,
  ndjson: dirtyNdjson,
};
/** What a dead letter says of the place where its record stood. */
const PLACE = ['message', 'source', 'position', 'line'];

describe.each(['csv', 'ndjson'] as const)('dirty %s', (format) => {
  const generate = GENERATORS[format];
  const results = new Map<number, Tables>();
  beforeAll(() => {
    for (const seed of SEEDS) {
      const file = { source: 'f', bytes: generate(seed, ROWS), format };
      results.set(seed, computeReference([file], { currency: seed % 2 === 0 ? 'EUR' : null }));
    }
  });
  const all = <T>(pick: (tables: Tables) => readonly T[]) => [...results.values()].flatMap(pick);

  test('every reason of rejection occurs that a file can have', () => {
    const impossible = ['future_event_time', format === 'csv' ? 'not_json' : 'malformed_row'];
    const reasons = new Set(all((tables) => tables.dead_letters).map((row) => row.reason));
    expect([...reasons].sort()).toEqual(
      REJECT_REASONS.filter((reason) => !impossible.includes(reason)).sort(),
    );
  });

  test('most records count, and duplicates of all kinds occur', () => {
    const ledger = all((tables) => tables.pipeline_ledger);
    const total = (column: 'read' | 'counted' | 'duplicates' | 'rejected') =>
      ledger.reduce((sum, row) => sum + row[column], 0);
    expect(total('read')).toBeGreaterThan(SEEDS.length * ROWS * 0.97);
    expect(total('counted') / total('read')).toBeGreaterThan(0.7);
    expect(total('duplicates') / total('read')).toBeGreaterThan(0.04);
    expect(total('rejected') / total('read')).toBeGreaterThan(0.05);
    for (const tables of results.values()) {
      const revisions = new Map(
        tables.gold_funnel_hourly_brand.map((row) => [row.window_start, row.revision]),
      );
      const distinct = [...revisions.values()].reduce((sum, revision) => sum + revision, 0);
      const counted = tables.silver_events.length;
      const kept = tables.pipeline_ledger.reduce((sum, row) => sum + row.counted + row.duplicates, 0);
      expect(distinct).toBeGreaterThan(counted);
      expect(distinct).toBeLessThan(kept);
    }
  });

  test('some hours are flagged', () => {
    const anomalies = all((tables) => tables.gold_anomalies_hourly_brand);
    expect(anomalies.length).toBeGreaterThan(2);
    expect(new Set(anomalies.map((row) => row.anomaly_type))).toContain('spike');
  });

  test('payloads are text and base64', () => {
    const encodings = new Set(all((tables) => tables.dead_letters).map((row) => row.payload_encoding));
    expect([...encodings].sort()).toEqual(['base64', 'utf8']);
  });

  test('files begin, end and break their lines in every way', () => {
    const files = Array.from({ length: 24 }, (_, seed) => generate(seed, 100).toString('latin1'));
    const some = (holds: (file: string) => boolean) => expect(new Set(files.map(holds)).size).toBe(2);
    some((file) => file.startsWith('\xef\xbb\xbf'));
    some((file) => file.endsWith('\n'));
    some((file) => file.includes('\r\n'));
    some((file) => /[^\r]\n/.test(file));
    if (format === 'csv') some((file) => /^(?:\xef\xbb\xbf)?,/.test(file));
  });

  test('a seed gives the same bytes', () => {
    const hash = (file: Buffer) => createHash('sha256').update(file).digest('hex');
    expect(hash(generate(3, 400))).toBe(hash(generate(3, 400)));
    expect(hash(generate(3, 400))).not.toBe(hash(generate(4, 400)));
  });

  test.each(SEEDS.slice(0, 4))('order and cut into files change nothing (seed %i)', (seed) => {
    const bytes = generate(seed, ROWS);
    const whole = computeReference([{ source: 'f', bytes, format }]);
    const shuffled = computeReference([{ source: 'f', bytes: shuffleLines(seed, bytes, format), format }]);
    const pieces = cutIntoFiles(seed, bytes, format, 4).map((piece, index) => ({
      source: `f${index}`,
      bytes: piece,
      format,
    }));
    expectSameTables(whole, shuffled, { ignore: PLACE });
    expectSameTables(whole, computeReference(pieces), { ignore: PLACE });
  });
});
