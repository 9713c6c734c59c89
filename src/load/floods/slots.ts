/** One agent's share of things numbered across all agents, the numbers that are `agent` mod `agents`: an array, not a map. */
export class Slots<T> {
  readonly #agent: number;
  readonly #agents: number;
  readonly #items: (T | undefined)[] = [];

  constructor({ agent, agents }: { readonly agent: number; readonly agents: number }) {
    this.#agent = agent;
    this.#agents = agents;
  }

  get(index: number): T | undefined {
    return this.#items[this.#own(index)];
  }

  set(index: number, item: T): void {
    const own = this.#own(index);
    while (this.#items.length < own) this.#items.push(undefined); // without holes it stays an array inside V8, too
    this.#items[own] = item;
  }

  delete(index: number): T | undefined {
    const own = this.#own(index);
    const item = this.#items[own];
    if (item !== undefined) this.#items[own] = undefined;
    return item;
  }

  /** What is there now, by number. */
  all(): T[] {
    return this.#items.filter((item): item is T & {} => item !== undefined);
  }

  #own(index: number): number {
    return (index - this.#agent) / this.#agents;
  }
}
