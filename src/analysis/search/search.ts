import type { SearchEnd, TrialWhy } from '../../model/result/findings.ts';

/** How a trial at one value ended. */
export type TrialOutcome =
  | { readonly kind: 'held' }
  | { readonly kind: 'broke' }
  /** Says nothing about the value: it is tried once more. */
  | { readonly kind: 'unclear'; readonly why: TrialWhy }
  /** Values from here on cannot be judged: the generator is the limit, or the value is not a valid one. */
  | { readonly kind: 'out-of-reach'; readonly why: TrialWhy };

export type Answer =
  /** The highest value that holds, confirmed by a longer trial. */
  | { readonly kind: 'converged'; readonly value: number }
  | { readonly kind: 'doomed'; readonly why: SearchEnd; readonly best: number | null }
  | { readonly kind: 'deadline'; readonly why: SearchEnd; readonly best: number | null };

export type SearchStep = { readonly kind: 'trial'; readonly value: number; readonly confirm: boolean } | Answer;

export interface SearchOptions {
  readonly initialValue: number;
  readonly exponentialFactor: number;
  /** Share of the value. */
  readonly precision: number;
  /** Seconds from the first call of `next`; a trial that would start later is not started. */
  readonly deadlineSeconds: number;
  /** Only whole numbers are tried. */
  readonly whole: boolean;
}

const BRACKETING_TRIALS = 20; // 2²⁰ is a million times the initial value
const STEPS_DOWN = 5; // confirmations that may fail
/** How many times a trial may be inconclusive before the search ends without an answer. */
export const UNCLEAR_TRIALS = 2;
const DIGITS = 4; // of a value: finer than any sensible precision, and readable

/**
 * Searches for the highest value that holds, for an objective that holds below some value and breaks above it, give or take
 * noise: bracketing by a factor, bisection, confirmation by a longer trial; when that breaks, a step down and the next
 * confirmation. Pure: it says what to try, and `record` takes what came of it.
 */
export class Search {
  readonly #options: SearchOptions;
  readonly #clock: () => number;
  /** Highest value that held below `#broke`. */
  #held: number | undefined;
  /** Lowest value that broke or could not be judged. */
  #broke: number | undefined;
  /** Why values from `#broke` on cannot be judged; undefined when it broke. */
  #ceiling: TrialWhy | undefined;
  #trials = 0;
  #unclear = 0;
  #failedConfirmations = 0;
  #answer: Answer | undefined;
  #pending: { readonly value: number; readonly confirm: boolean };
  #deadline: number | undefined;

  /** @param clock seconds, monotonic. */
  constructor(options: SearchOptions, clock: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#pending = { value: this.#rounded(options.initialValue), confirm: false };
  }

  /** The next trial, or how the search ended. The same until `record` is called. */
  next(): SearchStep {
    this.#deadline ??= this.#clock() + this.#options.deadlineSeconds;
    if (this.#answer !== undefined) return this.#answer;
    if (this.#clock() < this.#deadline) return { kind: 'trial', ...this.#pending };
    return { kind: 'deadline', why: { code: 'out-of-time' }, best: this.#held ?? null };
  }

  /** How the trial that `next` asked for ended. */
  record(outcome: TrialOutcome): void {
    const { value, confirm } = this.#pending;
    this.#trials++;
    if (outcome.kind === 'unclear') {
      if (++this.#unclear >= UNCLEAR_TRIALS) this.#doom({ code: 'trial', why: outcome.why });
      return;
    }
    this.#unclear = 0;
    if (outcome.kind === 'held') {
      this.#held = Math.max(value, this.#held ?? value);
      if (confirm) this.#answer = { kind: 'converged', value };
    } else {
      this.#ceiling = outcome.kind === 'out-of-reach' ? outcome.why : undefined;
      this.#broke = value;
      if (this.#held !== undefined && this.#held >= value) this.#held = undefined; // noise: it held once, and is not to be relied on
      if (confirm && ++this.#failedConfirmations > STEPS_DOWN) this.#doom({ code: 'never-confirmed' });
    }
    if (this.#answer === undefined) this.#plan(confirm);
  }

  #plan(confirming: boolean): void {
    const { exponentialFactor } = this.#options;
    if (confirming) this.#try(this.#below(this.#broke ?? 0), true);
    else if (this.#held === undefined) this.#bracket((this.#broke ?? 0) / exponentialFactor, 'nothing-held');
    else if (this.#broke === undefined) this.#bracket(this.#held * exponentialFactor, 'nothing-broke');
    else if (!this.#isNarrow(this.#held, this.#broke)) this.#try((this.#held + this.#broke) / 2, false);
    else if (this.#ceiling !== undefined) this.#doom({ code: 'trial', why: this.#ceiling });
    else this.#try(this.#held, true);
  }

  #bracket(value: number, code: 'nothing-held' | 'nothing-broke'): void {
    const last = this.#pending.value;
    const nowhere = this.#rounded(value) === last || this.#rounded(value) <= 0;
    if (!nowhere && this.#trials < BRACKETING_TRIALS) this.#try(value, false);
    else this.#doom(this.#ceiling === undefined ? { code, value: last } : { code: 'trial', why: this.#ceiling });
  }

  #try(value: number, confirm: boolean): void {
    this.#pending = { value: this.#rounded(value), confirm };
    if (this.#pending.value <= 0) this.#doom({ code: 'never-confirmed' });
  }

  /** One step of the precision down. */
  #below(value: number): number {
    const down = value * (1 - this.#options.precision);
    return this.#options.whole ? Math.min(value - 1, down) : down;
  }

  #isNarrow(held: number, broke: number): boolean {
    const gap = broke - held;
    return (
      gap <= this.#options.precision * held || this.#rounded((held + broke) / 2) <= held || (this.#options.whole && gap <= 1)
    );
  }

  #rounded(value: number): number {
    return this.#options.whole ? Math.floor(value + 1e-9) : Number(value.toPrecision(DIGITS));
  }

  #doom(why: SearchEnd): void {
    this.#answer = { kind: 'doomed', why, best: this.#held ?? null };
  }
}
