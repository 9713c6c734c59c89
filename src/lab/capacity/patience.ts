import { type Clock, monotonic } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { USERS_LOCK_FILE } from '../host/names.ts';
import { holdersOf } from '../lease/lock-owners.ts';

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

/** Seconds. Any user can hold the lock of runs without root: a lease waits for them, but no longer. */
const USERS_SECONDS = 10;

/** How long a lease waits for runs without root, which rely on the limits that it changes. */
export class UsersPatience {
  readonly #deadline: number;
  readonly #log: Pick<Log, 'info' | 'warn'>;
  readonly #clock: Clock;
  readonly #holders: string;
  #over = false;

  constructor(log: Pick<Log, 'info' | 'warn'>, clock: Clock = monotonic, holders = holdersOf(USERS_LOCK_FILE)) {
    this.#deadline = clock() + USERS_SECONDS;
    this.#log = log;
    this.#clock = clock;
    this.#holders = holders;
    log.info(`waiting up to ${USERS_SECONDS} s for a run without root that relies on the conntrack limits: ${holders}`);
  }

  /** Whether to wait some more; says so the first time that it is not. */
  lasts(): boolean {
    if (this.#clock() < this.#deadline) return true;
    if (!this.#over) this.#log.warn(`changing the conntrack limits, although ${this.#holders} still relies on them`);
    this.#over = true;
    return false;
  }
}
