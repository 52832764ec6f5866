/** What has become of rows. */
export interface FlushResult {
  /** Rows that BigQuery has taken, by table: upserts and removals, whether they took effect or not. */
  readonly written: Readonly<Record<string, number>>;
  /** Rows that it has refused, which are dead letters now. */
  readonly refused: number;
  /** Why, of the first of them; null without any. */
  readonly firstRefusal: string | null;
}

/** The rows that one flush answers for: those that came between the flush before and this one. */
export class FlushAccount {
  private open = 0;
  private readonly counts: Record<string, number> = {};
  private refusals = 0;
  private firstRefusal: string | null = null;
  private waiting: (() => void)[] = [];

  /** A batch has been made. */
  opened(): void {
    this.open++;
  }

  /** A batch has come to its end; what has become of its rows was told before. */
  closed(): void {
    this.open--;
    if (this.open > 0) return;
    for (const wake of this.waiting.splice(0)) wake();
  }

  wrote(table: string, rows: number): void {
    this.counts[table] = (this.counts[table] ?? 0) + rows;
  }

  refused(reason: string): void {
    this.refusals++;
    this.firstRefusal ??= reason;
  }

  /** Resolves when no batch is open. */
  async settled(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  get result(): FlushResult {
    return { written: { ...this.counts }, refused: this.refusals, firstRefusal: this.firstRefusal };
  }
}
