/** A funnel per name: the counts and the revenue of each brand, category root or price band. */
export interface Cells {
  readonly names: string[];
  /** Four counts a name: views, carts, removals, purchases, as in EVENT_TYPES. */
  readonly counts: ArrayLike<number>;
  /** Sum of purchase prices per name, in ten-thousandths. */
  readonly revenue: bigint[];
}

/** Event types, and so counts per cell. */
export const COUNTS = 4;
export const PURCHASE = 3;

/** Sums up cells by name. */
export class CellSums implements Cells {
  readonly names: string[] = [];
  readonly counts: number[] = [];
  readonly revenue: bigint[] = [];
  private readonly numbers = new Map<string, number>();

  /** Number of a name's cell, which is added with zeros if new. */
  cell(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.numbers.set(name, number);
      this.names.push(name);
      this.counts.push(0, 0, 0, 0);
      this.revenue.push(0n);
    }
    return number;
  }

  /** Adds other cells to these. */
  add(cells: Cells): void {
    for (let i = 0; i < cells.names.length; i++) this.addCell(cells, i);
  }

  /** Adds one of other cells. */
  addCell(cells: Cells, number: number): void {
    const cell = this.cell(cells.names[number]);
    for (let type = 0; type < COUNTS; type++)
      this.counts[cell * COUNTS + type] += cells.counts[number * COUNTS + type];
    this.revenue[cell] += cells.revenue[number];
  }
}
