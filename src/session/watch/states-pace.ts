/** Seconds between two looks at the entries of one table. */
const INTERVAL = 10;
/** Looks cost at most 1/200 of a core. */
const INTERVAL_PER_COST = 200;

/** Decides when the entries of which table are looked at: in turn, and so seldom that it costs less than 1 % of a core. */
export class StatesPace {
  readonly #looks = new Map<number, number>();
  #next = Number.NEGATIVE_INFINITY;

  /**
   * The table to look at now; undefined if it is not time yet.
   * @param now seconds
   * @param tables those that have entries
   */
  choose(now: number, tables: readonly number[]): number | undefined {
    if (now < this.#next) return undefined;
    const lookOf = (table: number) => this.#looks.get(table) ?? Number.NEGATIVE_INFINITY;
    const [longest] = [...tables].sort((a, b) => lookOf(a) - lookOf(b));
    return longest !== undefined && now - lookOf(longest) >= INTERVAL ? longest : undefined;
  }

  /** @param cost CPU seconds */
  looked(now: number, table: number, cost: number): void {
    this.#looks.set(table, now);
    this.#next = now + cost * INTERVAL_PER_COST;
  }

  forget(table: number): void {
    this.#looks.delete(table);
  }
}
