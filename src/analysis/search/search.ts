/** How a trial at one value ended. */
export type TrialOutcome =
  | { readonly kind: 'held' }
  | { readonly kind: 'broke' }
  /** Says nothing about the value: it is tried once more. */
  | { readonly kind: 'unclear'; readonly why: string }
  /** Values from here on cannot be judged: the generator is the limit, or the value is not a valid one. */
  | { readonly kind: 'out-of-reach'; readonly why: string };

export type Answer =
  /** The highest value that holds, confirmed by a longer trial. */
  | { readonly kind: 'converged'; readonly value: number }
  | { readonly kind: 'doomed'; readonly why: string; readonly best: number | null }
  | { readonly kind: 'deadline'; readonly why: string; readonly best: number | null };

export type SearchStep = { readonly kind: 'trial'; readonly value: number; readonly confirm: boolean } | Answer;

export interface SearchOptions {
  readonly initialValue: number;
  readonly exponentialFactor: number;
  /** Share of the value. */
  readonly precision: number;
  /** Seconds from the first call of `next`; a trial that would begin later is not begun. */
  readonly deadlineSeconds: number;
  /** Only whole numbers are tried. */
  readonly whole: boolean;
}

const BRACKETING_TRIALS = 20; // 2²⁰ is a million times the initial value
const STEPS_DOWN = 5; // confirmations that may fail
/** So often a trial may prove nothing before the search gives up. */
export const UNCLEAR_TRIALS = 2;
const DIGITS = 4; // of a value: finer than any sensible precision, and readable

/**
 * Searches for the highest value that holds, for an objective that holds below some value and breaks above it, give or take
 * noise: bracketing by a factor, bisection, confirmation by a longer trial; when that breaks, a step down and the next
 * confirmation. Pure: it says what to try, and is told what came of it.
 */
export class Search {
  readonly #options: SearchOptions;
  readonly #clock: () => number;
  /** Highest value that held below `#broke`. */
  #held: number | undefined;
  /** Lowest value that broke or could not be judged. */
  #broke: number | undefined;
  /** Why values from `#broke` on cannot be judged; undefined when it broke. */
  #ceiling: string | undefined;
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
    return { kind: 'deadline', why: 'the deadline was over before the answer was confirmed', best: this.#held ?? null };
  }

  /** Tells how the trial that `next` asked for ended. */
  record(outcome: TrialOutcome): void {
    const { value, confirm } = this.#pending;
    this.#trials++;
    if (outcome.kind === 'unclear') {
      if (++this.#unclear >= UNCLEAR_TRIALS) this.#doom(outcome.why);
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
      if (confirm && ++this.#failedConfirmations > STEPS_DOWN) this.#doom('no value held for the longer confirming trial');
    }
    if (this.#answer === undefined) this.#plan(confirm);
  }

  #plan(confirming: boolean): void {
    const { exponentialFactor } = this.#options;
    if (confirming) this.#try(this.#below(this.#broke ?? 0), true);
    else if (this.#held === undefined) this.#bracket((this.#broke ?? 0) / exponentialFactor, 'nothing held, down to');
    else if (this.#broke === undefined) this.#bracket(this.#held * exponentialFactor, 'nothing broke, up to');
    else if (!this.#isNarrow(this.#held, this.#broke)) this.#try((this.#held + this.#broke) / 2, false);
    else if (this.#ceiling !== undefined) this.#doom(this.#ceiling);
    else this.#try(this.#held, true);
  }

  #bracket(value: number, limit: string): void {
    const last = this.#pending.value;
    const nowhere = this.#rounded(value) === last || this.#rounded(value) <= 0;
    if (nowhere || this.#trials >= BRACKETING_TRIALS) this.#doom(this.#ceiling ?? `${limit} ${last}`);
    else this.#try(value, false);
  }

  #try(value: number, confirm: boolean): void {
    this.#pending = { value: this.#rounded(value), confirm };
    if (this.#pending.value <= 0) this.#doom('nothing held for the longer confirming trial');
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

  #doom(why: string): void {
    this.#answer = { kind: 'doomed', why, best: this.#held ?? null };
  }
}
