/** A sample of a table with the counters that are judged, as risen since the start of the load. */
export interface TableSample {
  readonly t: number;
  /** Ballast not counted; never more than the capacity, see `TableFold`. */
  readonly entries: number;
  readonly drop: number;
  readonly earlyDrop: number;
  readonly insertFailed: number;
}

const WIDTH = 5;

/**
 * Rows of samples, read like an array. A long run has hundreds of thousands: they are kept as bare numbers, 40 bytes each, and
 * made into objects as they are asked for.
 */
export class TableRows implements Iterable<TableSample> {
  #length = 0;
  #cells = new Float64Array(64 * WIDTH);

  get length(): number {
    return this.#length;
  }

  push({ t, entries, drop, earlyDrop, insertFailed }: TableSample): void {
    const start = this.#length++ * WIDTH;
    if (start === this.#cells.length) {
      const longer = new Float64Array(2 * start);
      longer.set(this.#cells);
      this.#cells = longer;
    }
    this.#cells[start] = t;
    this.#cells[start + 1] = entries;
    this.#cells[start + 2] = drop;
    this.#cells[start + 3] = earlyDrop;
    this.#cells[start + 4] = insertFailed;
  }

  at(row: number): TableSample | undefined {
    return row >= 0 && row < this.#length ? this.#row(row) : undefined;
  }

  get last(): TableSample | undefined {
    return this.at(this.#length - 1);
  }

  find(wanted: (sample: TableSample) => boolean): TableSample | undefined {
    return this.at(this.findIndex(wanted));
  }

  /** The length, where nothing is, when there is none. */
  findIndex(wanted: (sample: TableSample) => boolean): number {
    for (let row = 0; row < this.#length; row++) if (wanted(this.#row(row))) return row;
    return this.#length;
  }

  /** In order of time; those of the same time stay as they are. */
  sorted(): TableRows {
    const order = Array.from({ length: this.#length }, (_, row) => row);
    const times = (row: number) => this.#cells[row * WIDTH] as number;
    if (order.every((row) => row === 0 || times(row - 1) <= times(row))) return this;
    const sorted = new TableRows();
    for (const row of order.sort((a, b) => times(a) - times(b))) sorted.push(this.#row(row));
    return sorted;
  }

  *[Symbol.iterator](): Generator<TableSample> {
    for (let row = 0; row < this.#length; row++) yield this.#row(row);
  }

  #row(row: number): TableSample {
    const start = row * WIDTH;
    const cell = (column: number) => this.#cells[start + column] as number;
    return { t: cell(0), entries: cell(1), drop: cell(2), earlyDrop: cell(3), insertFailed: cell(4) };
  }
}
