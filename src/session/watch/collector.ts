import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Seconds between two collections, 5 to 10 ms each. */
const INTERVAL = 300;

/**
 * Frees what has lived for more than a few samples. V8 does that by itself only once there is much of it: an hour of samples took 5 MB
 * more than ten minutes of them.
 */
export class Collector {
  readonly #collect: () => void;
  #next = INTERVAL;

  constructor(collect = exposed()) {
    this.#collect = collect;
  }

  /** @param t seconds since the start */
  at(t: number): void {
    if (t < this.#next) return;
    this.#next = t + INTERVAL;
    this.#collect();
  }
}

/** V8's own function, which is there without a flag only in a context that is made after the flag is set. */
function exposed(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof collect === 'function' ? () => void collect() : () => {};
}
