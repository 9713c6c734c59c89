/** A sample of a table with the counters that are judged, as risen since the start of the load. */
export interface TableSample {
  readonly t: number;
  /** Ballast not counted; never more than the capacity, see `TableFold`. */
  readonly entries: number;
  readonly drop: number;
  readonly earlyDrop: number;
  /** Also of entries that clashed with another one: the kernel counts those in its `drop` too, which is not the full table's. */
  readonly insertFailed: number;
  /** Of `insertFailed`, those whose hash chain was too long; absent where the kernel does not say. */
  readonly chainTooLong?: number;
  /** Packets in the kernel's `drop` that are not in this one, because their entry clashed; absent if there are none. */
  readonly clashed?: number;
}

const WIDTH = 7;
const BLOCK = 4096; // rows

/**
 * Rows of samples, read like an array. A long run has hundreds of thousands: they are kept as bare numbers, 56 bytes each, and
 * made into objects as they are asked for.
 */
export class TableRows implements Iterable<TableSample> {
  #length = 0;
  readonly #blocks: Float64Array[] = [];

  get length(): number {
    return this.#length;
  }

  push(sample: TableSample): void {
    if (this.#length % BLOCK === 0) this.#blocks[this.#length / BLOCK] ??= new Float64Array(BLOCK * WIDTH);
    this.#set(this.#length++, sample);
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
    const time = (row: number) => this.#row(row).t;
    if (order.every((row) => row === 0 || time(row - 1) <= time(row))) return this;
    const sorted = new TableRows();
    for (const row of order.sort((a, b) => time(a) - time(b))) sorted.push(this.#row(row));
    return sorted;
  }

  /** Puts what `change` makes of a row in its place, one after the other; undefined takes it out. */
  rewrite(change: (sample: TableSample) => TableSample | undefined): void {
    let kept = 0;
    for (let row = 0; row < this.#length; row++) {
      const changed = change(this.#row(row));
      if (changed !== undefined) this.#set(kept++, changed);
    }
    this.#length = kept;
  }

  *[Symbol.iterator](): Generator<TableSample> {
    for (let row = 0; row < this.#length; row++) yield this.#row(row);
  }

  #row(row: number): TableSample {
    const cells = this.#blockOf(row);
    const start = (row % BLOCK) * WIDTH;
    const cell = (column: number) => cells[start + column] as number;
    const known = { t: cell(0), entries: cell(1), drop: cell(2), earlyDrop: cell(3), insertFailed: cell(4) };
    const chains = Number.isNaN(cell(5)) ? {} : { chainTooLong: cell(5) };
    return { ...known, ...chains, ...(cell(6) === 0 ? {} : { clashed: cell(6) }) };
  }

  #set(row: number, { t, entries, drop, earlyDrop, insertFailed, chainTooLong = Number.NaN, clashed = 0 }: TableSample): void {
    const cells = this.#blockOf(row);
    const start = (row % BLOCK) * WIDTH;
    cells[start] = t;
    cells[start + 1] = entries;
    cells[start + 2] = drop;
    cells[start + 3] = earlyDrop;
    cells[start + 4] = insertFailed;
    cells[start + 5] = chainTooLong;
    cells[start + 6] = clashed;
  }

  #blockOf(row: number): Float64Array {
    return this.#blocks[Math.floor(row / BLOCK)] as Float64Array;
  }
}
