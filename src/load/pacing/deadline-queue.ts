/**
 * Things that fall due a fixed time after they were put in, hence in the order they were put in: the one place where time
 * limits and heartbeats are kept, so that no connection needs a timer.
 */
export class DeadlineQueue<T> {
  readonly seconds: number;
  #items: T[] = [];
  #due: number[] = [];
  #head = 0;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  /** `now` must not be earlier than at any push before. */
  push(item: T, now: number): void {
    this.#items.push(item);
    this.#due.push(now + this.seconds);
  }

  /** When the first item falls due; Infinity when there is none. */
  get nextAt(): number {
    return this.#due[this.#head] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out the first item if it is due by `now`. */
  take(now: number): T | undefined {
    if (this.nextAt > now) return undefined;
    const item = this.#items[this.#head++];
    this.#compact();
    return item;
  }

  /** Drops items from the front as long as `isOver` holds, so that what has ended neither wakes anyone nor stays in memory. */
  skip(isOver: (item: T) => boolean): void {
    for (let item = this.#items[this.#head]; item !== undefined && isOver(item); item = this.#items[this.#head]) {
      this.#head++;
    }
    this.#compact();
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i] as T;
  }

  /** Frees what has been taken once that is most of it, so that each item is moved less than twice on average. */
  #compact(): void {
    if (this.#head < this.#items.length && (this.#head <= 1024 || this.#head * 2 <= this.#items.length)) return;
    this.#items = this.#items.slice(this.#head);
    this.#due = this.#due.slice(this.#head);
    this.#head = 0;
  }
}
