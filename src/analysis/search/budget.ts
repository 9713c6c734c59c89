import type { Search, SearchStep } from './search.ts';

type Trial = Extract<SearchStep, { readonly kind: 'trial' }>;

/** A search that `BudgetedSearch` goes through. */
type Searching = Pick<Search, 'next'> & Partial<Pick<Search, 'withoutConfirming' | 'closeAbove'>>;

export interface BudgetOptions {
  /** When the search has to be over, on the clock. */
  readonly endsAt: number;
  /** Seconds that the load of a trial may last. */
  secondsOf(trial: Trial): number;
  /** Seconds, monotonic. */
  clock(): number;
}

/** Seconds that a trial takes besides its load until one has shown it: building the lab, starting processes, draining. */
const FIRST_OVERHEAD = 4;
/** Seconds to take the lab down in the end. */
const TEARDOWN = 2;

/**
 * A search that is over in time: no trial is started whose whole load would end too late. Where only the longer trial that
 * confirms is too long, its value is tried in a shorter one, which narrows the bracket all the same. The last that fits closes the
 * bracket above, where nothing has broken yet. Pure.
 */
export class BudgetedSearch {
  readonly #search: Searching;
  readonly #options: BudgetOptions;
  #overhead = FIRST_OVERHEAD;
  #running: { readonly since: number; readonly seconds: number } | undefined;

  constructor(search: Searching, options: BudgetOptions) {
    this.#search = search;
    this.#options = options;
  }

  /** The next trial, or how the search ended; called once before each trial and once after the last. */
  next(): SearchStep {
    this.#learn();
    const step = this.#search.next();
    const short = step.kind === 'trial' && !this.fits(step) && this.#search.withoutConfirming?.() ? this.#search.next() : step;
    const last = short.kind === 'trial' && this.fits(short) && !this.fits(short, 2);
    const shorter = last && this.#search.closeAbove?.() ? this.#search.next() : short;
    if (shorter.kind !== 'trial') return shorter;
    if (!this.fits(shorter)) return { kind: 'bracket', why: { code: 'out-of-budget' }, best: null };
    this.#running = { since: this.#options.clock(), seconds: this.#options.secondsOf(shorter) };
    return shorter;
  }

  /** Whether so many such trials that are started now end in time, should their load not end early. */
  fits(trial: Trial, trials = 1): boolean {
    const { endsAt, clock, secondsOf } = this.#options;
    return clock() + trials * (secondsOf(trial) + this.#overhead) + TEARDOWN <= endsAt;
  }

  /** From the trial that has ended what the next one will take, if its load was not cut short. */
  #learn(): void {
    if (this.#running === undefined) return;
    const { since, seconds } = this.#running;
    const taken = this.#options.clock() - since;
    if (taken >= seconds) this.#overhead = taken - seconds;
  }
}
