import { monotonic } from '../../platform/clock.ts';
import { DeadlineQueue } from './deadline-queue.ts';

/** Hands things on a fixed time after they were put in, in that order: one timer for all. */
export class Delayed<T> {
  readonly #queue: DeadlineQueue<T>;
  readonly #handOn: (item: T) => void;

  constructor(seconds: number, handOn: (item: T) => void) {
    this.#queue = new DeadlineQueue(seconds);
    this.#handOn = handOn;
  }

  add(item: T): void {
    const idle = this.#queue.nextAt === Number.POSITIVE_INFINITY;
    this.#queue.push(item, monotonic());
    if (idle) this.#wait();
  }

  #wait(): void {
    if (this.#queue.nextAt === Number.POSITIVE_INFINITY) return;
    setTimeout(
      () => {
        for (let due = this.#queue.take(monotonic()); due !== undefined; due = this.#queue.take(monotonic())) this.#handOn(due);
        this.#wait();
      },
      Math.max(0, Math.ceil((this.#queue.nextAt - monotonic()) * 1000)),
    );
  }
}
