const SLOTS = 120; // as fine as it gets; a terminal shows fewer columns

/** The course of a figure over a span of time of known length, its peaks kept, however long that is. */
export class Trend {
  readonly #peaks: (number | undefined)[] = [];

  /** @param at share of the span that is over; what is beyond counts to its end */
  add(at: number, value: number): void {
    const slot = Math.max(0, Math.min(SLOTS - 1, Math.floor(at * SLOTS)));
    this.#peaks[slot] = Math.max(this.#peaks[slot] ?? 0, value);
  }

  /**
   * The highest value of each of `length` equal parts of the span; a part without one shows the one before. Ends where the data
   * do.
   */
  columns(length: number): number[] {
    const last = Math.floor(((this.#peaks.length - 1) * length) / SLOTS);
    let before = 0;
    return Array.from({ length: this.#peaks.length === 0 ? 0 : last + 1 }, (_, column) => {
      const part = this.#peaks.slice(Math.ceil((column * SLOTS) / length), Math.ceil(((column + 1) * SLOTS) / length));
      const values = part.filter((value) => value !== undefined);
      before = values.length === 0 ? before : Math.max(...values);
      return before;
    });
  }
}

const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.,-=+*#';

/** One character for each share of 0 to 1; the highest only for a whole 1. */
export function sparkline(shares: readonly number[], unicode: boolean): string {
  const levels = unicode ? BLOCKS : ASCII;
  return shares.map((share) => levels[Math.max(0, Math.min(7, Math.floor(share * 7)))]).join('');
}
