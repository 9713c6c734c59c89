import type { SearchEnd } from '../../model/result/campaign/search-end.ts';
import { type Answer, type Proposal, type SearchStep, type TrialOutcome, UNCLEAR_TRIALS } from './search.ts';

export interface FitOptions {
  /** Connections of the first trial; more than should fit. */
  readonly initialValue: number;
  readonly exponentialFactor: number;
  /** Seconds from the first call of `next`. */
  readonly deadlineSeconds: number;
}

const BRACKETING_TRIALS = 12;
const STEPS_DOWN = 10; // one connection each

/**
 * Searches for how many connections fit at once. One trial that asks for too many shows it: those that found a place stay
 * open. A longer trial that asks for exactly that many confirms it, one connection fewer each time it breaks.
 */
export class FitSearch {
  readonly #options: FitOptions;
  readonly #clock: () => number;
  #pending: Proposal;
  #answer: Answer | undefined;
  #trials = 0;
  #unclear = 0;
  #failedConfirmations = 0;
  #deadline: number | undefined;
  #best: number | null = null;

  /** @param clock seconds, monotonic. */
  constructor(options: FitOptions, clock: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#pending = { value: Math.ceil(options.initialValue), confirm: false, choice: 'initial' };
  }

  /** The next trial, or how the search ended. The same until `record` is called. */
  next(): SearchStep {
    this.#deadline ??= this.#clock() + this.#options.deadlineSeconds;
    if (this.#answer !== undefined) return this.#answer;
    if (this.#clock() < this.#deadline) return { kind: 'trial', ...this.#pending };
    return { kind: 'deadline', why: { code: 'out-of-time' }, best: this.#best };
  }

  /** @param peakOpen most connections that were open at once in the trial. */
  record(outcome: TrialOutcome, peakOpen: number): void {
    const { value, confirm } = this.#pending;
    this.#trials++;
    this.#unclear = outcome.kind === 'unclear' ? this.#unclear + 1 : 0;
    if (outcome.kind === 'unclear' && this.#unclear < UNCLEAR_TRIALS) {
      this.#pending = { value, confirm, choice: 'repeat' };
      return;
    }
    if (outcome.kind === 'unclear' || outcome.kind === 'out-of-reach') {
      this.#doom({ code: 'trial', why: outcome.why });
    } else if (outcome.kind === 'held') {
      this.#best = Math.max(value, this.#best ?? value);
      if (confirm) this.#answer = { kind: 'converged', value };
      else if (this.#trials >= BRACKETING_TRIALS) this.#doom({ code: 'nothing-broke', value });
      else this.#pending = { value: Math.ceil(value * this.#options.exponentialFactor), confirm: false, choice: 'bracket' };
    } else {
      this.#refused(value, confirm, peakOpen);
    }
  }

  #refused(value: number, confirm: boolean, peakOpen: number): void {
    const candidate = confirm ? value - 1 : Math.min(value, peakOpen);
    if (candidate < 1) this.#doom({ code: 'nothing-fits' });
    else if (confirm && ++this.#failedConfirmations > STEPS_DOWN) this.#doom({ code: 'never-confirmed' });
    else this.#pending = { value: candidate, confirm: true, choice: 'confirm' };
  }

  #doom(why: SearchEnd): void {
    this.#answer = { kind: 'doomed', why, best: this.#best };
  }
}
