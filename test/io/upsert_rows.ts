/** Rows of a stream's tables, each a function of its key and order, and what a plain model in memory makes of them. */

import type { RunIdentity } from '../../io/run_identity';
import { type LoggedRows, LogRows, takeLogged } from '../../io/staging/log_rows';
import type { Table } from '../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
  isVoid,
  pipelineLedger,
} from '../../schema/tables';

export type Values = Record<string, unknown>;

export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 1);
export const PANES = ['early', 'on_time', 'late'] as const;
type Pane = (typeof PANES)[number];

/** A run as it is at a watermark. */
export function run(
  watermark: number | null,
  id = 'run-1',
  state = 'state-1',
): RunIdentity & { state_id: string } {
  return {
    ...{ run_id: id, state_id: state, mode: 'streaming', input: 'in', options: '{}', watermark },
    ...{ allowed_lateness_ms: 2 * HOUR, started_at: START },
  };
}

/** Rows of a table as a bundle of a stream logs them, void ones among them. */
export function log(table: Table, directory: string, rows: readonly Values[]): LoggedRows[] {
  const step = new LogRows(table.name, directory);
  for (const row of rows) step.process([row]);
  step.finishBundle();
  step.teardown();
  return takeLogged(directory);
}

/** Rows of a table that can't be read. */
export function lostRows({ name }: Table): LoggedRows {
  return {
    table: name,
    rows: 1,
    get blocks(): Uint8Array {
      throw new Error('gone');
    },
  };
}

const date = (time: number) => new Date(time).toISOString().slice(0, 10);
const hourly = (start: number) => ({
  window_start: start,
  window_end: start + HOUR,
  window_date: date(start),
});

/** Measures that tell revisions apart; every third revision of a name has none. */
function measures(name: string, revision: number, pane: Pane): Values {
  const isEmpty = (revision + name.length) % 3 === 0;
  const views = isEmpty ? 0 : revision * 10 + PANES.indexOf(pane);
  return {
    ...{ views, carts: 0, removals: 0, purchases: isEmpty ? 0 : 1, revenue: isEmpty ? 0n : BigInt(revision) },
    ...{ view_to_cart_rate: null, cart_to_purchase_rate: null, conversion_rate: isEmpty ? null : 1 / views },
    ...{ pane, revision, computed_at: 0 },
  };
}

export interface GoldKey {
  readonly hour: number;
  readonly name: string;
  readonly revision: number;
  readonly pane: Pane;
}

/** The gold row of one of the four tables; `hour` counts hours or days. */
export function goldRow(table: Table, { hour, name, revision, pane }: GoldKey): Values {
  const key =
    table.key[0] === 'date' ? { date: date(START + hour * 24 * HOUR) } : hourly(START + hour * HOUR);
  return { ...key, [table.key[1]]: name, ...measures(name, revision, pane) };
}

export function anomalyRow({ hour, name, revision, pane, through }: GoldKey & { through: number }): Values {
  return {
    ...hourly(START + hour * HOUR),
    ...{
      hour_of_day: hour % 24,
      brand: name,
      detector: 'zscore',
      status: revision % 2 === 0 ? 'open' : 'retracted',
    },
    ...{
      anomaly_type: null,
      is_drop_anomaly: false,
      is_spike_anomaly: false,
      z_brand: through,
      z_brand_hour: 0,
    },
    ...{ conv_mean_brand: null, conv_std_brand: null, n_brand: 0, conv_mean_brand_hour: null },
    ...{ conv_std_brand_hour: null, n_brand_hour: 0, expected_purchases: null, revenue_at_risk: null },
    ...{ baseline: 'file', baseline_through: through === 0 ? null : START + through * HOUR },
    ...measures(name, revision, pane),
  };
}

export function letterRow(position: number): Values {
  return {
    ...{ rejected_at: START + position, stage: 'parse', reason: 'bad_price', message: 'm', source: 'topic' },
    ...{ position: `${position}`, line: null, payload: 'p'.repeat(position), payload_encoding: 'utf8' },
    ...{ event_time: null, event_date: null, columns: null },
  };
}

export function ledgerRow(bucket: number, read: number): Values {
  return {
    ...{
      bucket: `b${bucket}`,
      window_start: bucket === 0 ? null : START + bucket * HOUR,
      read,
      counted: read,
    },
    ...{ duplicates: 0, rejected: 0, late_dropped: 0, late_source: 'runner', redriven: 0, unaccounted: 0 },
    commit: 0,
  };
}

export const GOLD = [
  goldFunnelHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyPriceBand,
];

/** Lexicographic order of equally long lists. */
function isLarger(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at] > b[at];
}

/** What the tables must hold, kept the plain way: a Map with the largest row of each key, void or not. */
export class Model {
  private readonly held = new Map<string, Map<string, Values>>();

  flush(table: Table, rows: readonly Values[], now: number, commit: number): void {
    const held = this.held.get(table.name) ?? new Map<string, Values>();
    this.held.set(table.name, held);
    for (const row of rows) {
      const stamped =
        table === pipelineLedger
          ? { ...row, commit }
          : table === deadLetters
            ? row
            : { ...row, computed_at: now };
      const key = JSON.stringify(table.key.map((column) => row[column]));
      const there = held.get(key);
      if (there === undefined || isLarger(this.order(table, stamped), this.order(table, there)))
        held.set(key, stamped);
    }
  }

  private order(table: Table, row: Values): number[] {
    const pane = PANES.indexOf(row.pane as Pane);
    if (table === pipelineLedger) return [row.commit as number, row.read as number];
    if (table === deadLetters) return [];
    if (table === goldAnomaliesHourlyBrand)
      return [row.revision as number, (row.baseline_through as number | null) ?? 0, pane];
    return [row.revision as number, pane];
  }

  rows(table: Table): Values[] {
    const all = [...(this.held.get(table.name)?.values() ?? [])];
    return GOLD.includes(table as never) ? all.filter((row) => !isVoid(row)) : all;
  }

  /** Keys of gold rows that were removed. */
  removed(): number {
    return GOLD.reduce(
      (sum, table) => sum + [...(this.held.get(table.name)?.values() ?? [])].filter(isVoid).length,
      0,
    );
  }
}
