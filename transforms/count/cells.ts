/** Event types, and so counts per cell. */
export const COUNTS = 4;
export const PURCHASE = 3;

/** Marks a revenue that is larger than a double can count, and kept beside. */
export const LARGE = Number.NaN;

/** A funnel per name: the counts and the revenue of each brand, category root or price band. Names are distinct. */
export class Cells {
  /** See {@link CellSums} and {@link Cells.of}. The arrays may be longer than there are names. */
  constructor(
    readonly names: readonly string[],
    /** Four counts a name: views, carts, removals, purchases, as in EVENT_TYPES. */
    readonly counts: Float64Array,
    /** Sum of purchase prices per name in ten-thousandths: a whole number up to 2^53 − 1, or {@link LARGE}. */
    readonly revenues: Float64Array,
    /** The larger sums, by number of their name. */
    readonly large: ReadonlyMap<number, bigint>,
  ) {}

  static of(names: readonly string[], counts: ArrayLike<number>, revenues: readonly bigint[]): Cells {
    const sums = new CellSums();
    names.forEach((name, cell) => {
      const into = sums.cell(name);
      for (let type = 0; type < COUNTS; type++) sums.addCount(into, type, counts[cell * COUNTS + type]);
      sums.addRevenue(into, revenues[cell]);
    });
    return sums.cells();
  }

  get size(): number {
    return this.names.length;
  }

  /** Exact, in ten-thousandths. */
  revenue(cell: number): bigint {
    return BigInt(this.money(cell));
  }

  /** The same, a bigint only where no number holds it. */
  money(cell: number): number | bigint {
    const sum = this.revenues[cell];
    return Number.isNaN(sum) ? this.large.get(cell)! : sum;
  }

  /** The cells for which `keep` is true of their number. */
  select(keep: (cell: number) => boolean): Cells {
    const names: string[] = [];
    const counts = new Float64Array(this.size * COUNTS);
    const revenues = new Float64Array(this.size);
    const large = new Map<number, bigint>();
    for (let cell = 0; cell < this.size; cell++) {
      if (!keep(cell)) continue;
      const into = names.push(this.names[cell]) - 1;
      for (let type = 0; type < COUNTS; type++)
        counts[into * COUNTS + type] = this.counts[cell * COUNTS + type];
      revenues[into] = this.revenues[cell];
      const sum = this.large.get(cell);
      if (sum !== undefined) large.set(into, sum);
    }
    return new Cells(names, counts, revenues, large);
  }
}

/** Cells under construction: sums by name. */
export class CellSums {
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private counts = new Float64Array(64 * COUNTS);
  private revenues = new Float64Array(64);
  private readonly large = new Map<number, bigint>();

  /** Number of a name's cell, which is added with zeros if new. */
  cell(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.numbers.set(name, number);
      if (number === this.revenues.length) this.grow();
    }
    return number;
  }

  addCount(cell: number, type: number, count: number): void {
    this.counts[cell * COUNTS + type] += count;
  }

  /** Adds money: a whole number of ten-thousandths, up to 2^53 − 1 where it is a number. */
  addRevenue(cell: number, money: number | bigint): void {
    const sum = this.revenues[cell] + Number(money);
    // Not so for LARGE either, which is no number.
    if (sum <= Number.MAX_SAFE_INTEGER) {
      this.revenues[cell] = sum;
      return;
    }
    const known = this.large.get(cell) ?? BigInt(this.revenues[cell]);
    this.large.set(cell, known + BigInt(money));
    this.revenues[cell] = LARGE;
  }

  /** Adds other cells to these. */
  add(cells: Cells): void {
    for (let from = 0; from < cells.size; from++) {
      const cell = this.cell(cells.names[from]);
      for (let type = 0; type < COUNTS; type++) this.addCount(cell, type, cells.counts[from * COUNTS + type]);
      this.addRevenue(cell, cells.money(from));
    }
  }

  /** The sums; not to be added to afterwards. */
  cells(): Cells {
    return new Cells(this.names, this.counts, this.revenues, this.large);
  }

  private grow(): void {
    const enlarged = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.counts = enlarged(this.counts);
    this.revenues = enlarged(this.revenues);
  }
}
