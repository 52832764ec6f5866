/** The server's answers as they come over the wire: times are ISO 8601, money is a decimal text (serving/api). */
import type { LedgerTotals, RejectReason } from '../serving/questions/quality';

export interface Funnel {
  readonly views: number;
  readonly carts: number;
  readonly removals: number;
  readonly purchases: number;
  readonly revenue: string;
}

export interface FunnelRow extends Funnel {
  /** Null for the whole shop. */
  readonly key: string | null;
  /** Null for sums over the whole range. */
  readonly start: string | null;
}

export interface Run {
  readonly run_id: string;
  readonly mode: string;
  readonly status: string;
  readonly watermark: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
}

export interface Coverage {
  readonly source: string;
  readonly since: string | null;
  readonly until: string | null;
  readonly run: Run | null;
  readonly version: string;
}

export interface Anomaly {
  readonly id: string;
  readonly window_start: string;
  readonly brand: string;
  readonly detector: string;
  readonly status: string;
  readonly type: string | null;
  readonly z_brand: number;
  readonly z_brand_hour: number;
  readonly views: number;
  readonly purchases: number;
  readonly revenue: string;
  readonly conversion_rate: number | null;
  readonly expected_purchases: number | null;
  readonly revenue_at_risk: string | null;
}

export interface AnomalyInFull extends Anomaly {
  readonly evidence: {
    readonly hours: readonly (Funnel & { readonly start: string })[];
    readonly bands: readonly (Funnel & {
      readonly key: string;
      readonly usual_conversion_rate: number | null;
    })[];
    readonly usual_since: string;
    readonly usual_until: string;
  };
}

export interface Ledger {
  readonly totals: LedgerTotals;
  readonly rejects: readonly RejectReason[];
}
