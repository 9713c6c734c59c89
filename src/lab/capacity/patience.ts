import { type Clock, monotonic } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';

/** What can be in the way of a lease for a time. */
export type Hindrance = 'other-run' | 'other-namespace';

/** For how long a lease is worth waiting for. */
export class Patience {
  readonly #deadline: number;
  readonly #log: Pick<Log, 'info'>;
  readonly #clock: Clock;
  readonly #said = new Set<Hindrance>();

  constructor(seconds: number, log: Pick<Log, 'info'>, clock: Clock = monotonic) {
    this.#deadline = clock() + seconds;
    this.#log = log;
    this.#clock = clock;
  }

  /** Whether to wait some more for what is in the way; says so the first time. */
  lasts(hindrance: Hindrance, description: string): boolean {
    const left = Math.ceil(this.#deadline - this.#clock());
    if (left <= 0) return false;
    if (!this.#said.has(hindrance)) {
      this.#log.info(`waiting up to ${left} s for a lease, as ballast would distort this load: ${description}`);
    }
    this.#said.add(hindrance);
    return true;
  }
}
