/** How far a counter rose from the last reading before the load, or the first there is, to the last of all. */
export class CounterRise {
  #first: Reading | undefined;
  #before: Reading | undefined;
  #last: Reading | undefined;

  /** Readings may come in any order. */
  add(t: number, value: number): void {
    const reading = { t, value };
    if (this.#first === undefined || t < this.#first.t) this.#first = reading;
    if (t < 0 && t >= (this.#before?.t ?? t)) this.#before = reading;
    if (t >= (this.#last?.t ?? t)) this.#last = reading;
  }

  /** 0 without a reading. */
  get value(): number {
    return (this.#last?.value ?? 0) - (this.#before ?? this.#first ?? { value: 0 }).value;
  }
}

interface Reading {
  readonly t: number;
  readonly value: number;
}
