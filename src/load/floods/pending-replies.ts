/** A datagram that is waited for. Seconds since the epoch. */
export interface Asked {
  readonly intended: number;
  readonly started: number;
}

/**
 * The datagrams whose answer has not come, by a number that goes with each. They are sent in the order of their numbers and
 * wait equally long, so all that is kept of one are three places in rings.
 */
export class PendingReplies {
  readonly #seconds: number;
  #intended = new Float64Array(1024);
  #started = new Float64Array(1024);
  #waiting = new Uint8Array(1024);
  /** Numbers from `#first` on, below `#next`, are in the rings. */
  #first = 0;
  #next = 0;
  #size = 0;

  constructor(timeoutSeconds: number) {
    this.#seconds = timeoutSeconds;
  }

  /** How many are waited for. */
  get size(): number {
    return this.#size;
  }

  /** When the first of them has waited for too long; Infinity when there is none. */
  get nextAt(): number {
    this.#skip();
    return this.#first === this.#next ? Number.POSITIVE_INFINITY : (this.#started[this.#place(this.#first)] ?? 0) + this.#seconds;
  }

  /** Returns the number of the new one; `started` must not be earlier than at any call before. */
  add(intended: number, started: number): number {
    if (this.#next - this.#first === this.#waiting.length) this.#grow();
    const place = this.#place(this.#next);
    this.#intended[place] = intended;
    this.#started[place] = started;
    this.#waiting[place] = 1;
    this.#size++;
    return this.#next++;
  }

  /** Takes out number `number`; undefined when it is not waited for (any more). */
  take(number: number): Asked | undefined {
    const place = this.#place(number);
    if (number < this.#first || number >= this.#next || this.#waiting[place] === 0) return undefined;
    this.#waiting[place] = 0;
    this.#size--;
    return { intended: this.#intended[place] as number, started: this.#started[place] as number };
  }

  /** Takes out the first one if it has waited for too long by `now`. */
  takeOverdue(now: number): Asked | undefined {
    return this.nextAt <= now ? this.take(this.#first) : undefined;
  }

  #skip(): void {
    while (this.#first < this.#next && this.#waiting[this.#place(this.#first)] === 0) this.#first++;
  }

  #place(number: number): number {
    return number & (this.#waiting.length - 1);
  }

  #grow(): void {
    this.#skip();
    const [intended, started, waiting] = [this.#intended, this.#started, this.#waiting];
    const length = waiting.length;
    this.#intended = new Float64Array(2 * length);
    this.#started = new Float64Array(2 * length);
    this.#waiting = new Uint8Array(2 * length);
    for (let number = this.#first; number < this.#next; number++) {
      const [from, to] = [number & (length - 1), this.#place(number)];
      this.#intended[to] = intended[from] as number;
      this.#started[to] = started[from] as number;
      this.#waiting[to] = waiting[from] as number;
    }
  }
}
