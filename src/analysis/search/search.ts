import type { SearchEnd, TrialWhy } from '../../model/result/campaign/search-end.ts';
import type { TrialReport } from '../../model/result/find.ts';
import { Curves, type Strain } from './curves.ts';

/** How a trial at one value ended; `strains` as far as the trial went on long enough to measure them. */
export type TrialOutcome =
  | { readonly kind: 'held' | 'broke'; readonly strains?: readonly Strain[] }
  /** Says nothing about the value: it is tried once more. */
  | { readonly kind: 'unclear'; readonly why: TrialWhy }
  /** Values from here on cannot be judged: the generator is the limit, or the value is not a valid one. */
  | { readonly kind: 'out-of-reach'; readonly why: TrialWhy };

export type Answer =
  /** The highest value that holds, confirmed by a longer trial. */
  | { readonly kind: 'converged'; readonly value: number }
  | { readonly kind: 'doomed'; readonly why: SearchEnd; readonly best: number | null }
  | { readonly kind: 'deadline'; readonly why: SearchEnd; readonly best: number | null }
  /** The time that was to be spent is up; what is known is between the highest value that held and the lowest that broke. */
  | { readonly kind: 'bracket'; readonly why: SearchEnd; readonly best: number | null };

type Choice = TrialReport['choice'];

/** The next value to try. */
export interface Proposal {
  readonly value: number;
  readonly confirm: boolean;
  readonly choice: Choice;
}

export type SearchStep = ({ readonly kind: 'trial' } & Proposal) | Answer;

export interface SearchOptions {
  readonly initialValue: number;
  readonly exponentialFactor: number;
  /** Share of the value. */
  readonly precision: number;
  /** Seconds from the first call of `next`; a trial that would start later is not started. */
  readonly deadlineSeconds: number;
  /** Only whole numbers are tried. */
  readonly whole: boolean;
  /** By what is strained: the share of its limit that the model sees taken whatever the value is. */
  readonly bases?: ReadonlyMap<string, number>;
  /** The initial value is where the model sees the limit. */
  readonly modelled?: boolean;
}

const BRACKETING_TRIALS = 20; // 2²⁰ is a million times the initial value
const STEPS_DOWN = 5; // confirmations that may fail where shorter trials hold
/** How many times a trial may be inconclusive before the search ends without an answer. */
export const UNCLEAR_TRIALS = 2;
/** How far from where a curve far from what was measured meets the limit values are tried, as a share of the precision. */
const MARGIN = 0.4;
/** A curve is known where something was measured within so many times the precision: there a trial is as long as a confirmation. */
const NEAR = 3;
/** How far apart two values are of which one holds and one breaks, as a share of the precision: rounded, they stay within it. */
const STEP = 0.96;
/** How often a step down is tried from where the model sees the limit, before values shrink by the whole factor, */
const MODEL_STEPS = 3;
/** and how far one goes at least. What is too high breaks early and costs little; a value that is too low holds for all its time. */
const MODEL_STEP = 1.045;
/** Trials that a curve may place before the interval has halved, one while nothing has held; then one is placed without. */
const PATIENCE = 2;
/** From a confirmed value up to one that broke; further away the curve, or halving, is faster. */
const FEW_STEPS = 4;
const DIGITS = 4; // of a value: finer than any sensible precision, and readable

/**
 * Searches for the highest value that holds, for an objective that holds below some value and breaks above it, give or take
 * noise. The answer is a value that held in a longer trial, at most the precision below one that broke. Values are tried by a factor,
 * then by bisection, unless the model, or a curve through what was measured, says where the limit is: there the longer trial comes at
 * once, because what breaks ends early, and what holds is confirmed. The next is a step of the precision below or above it: as far as may
 * be, for near the limit it is chance what holds, and a longer trial has more time to meet a peak. The curve only chooses what to
 * try: the answer rests on trials. Pure: it says what to try, and `record` takes what came of it.
 */
export class Search {
  readonly #options: SearchOptions;
  readonly #clock: () => number;
  /** Highest value that held below `#broke`. */
  #held: number | undefined;
  /** Whether any trial has held, at whatever value. */
  #everHeld = false;
  /** Highest value below `#broke` that held in a longer trial. */
  #confirmed: number | undefined;
  /** Lowest value that broke or could not be judged. */
  #broke: number | undefined;
  /** Why values from `#broke` on cannot be judged; undefined when it broke. */
  #ceiling: TrialWhy | undefined;
  #trials = 0;
  #unclear = 0;
  #failedConfirmations = 0;
  #answer: Answer | undefined;
  #pending: Proposal;
  #deadline: number | undefined;
  readonly #curves: Curves;
  /** Trials that a curve has placed since the interval was this wide, as a ratio. */
  #guided = 0;
  /** Whether the last confirmation is where a curve has placed it, and not yet a step down from there. */
  #onCurve = false;
  #width = Number.POSITIVE_INFINITY;

  /** @param clock seconds, monotonic. */
  constructor(options: SearchOptions, clock: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#curves = new Curves(options.bases);
    this.#pending = { value: this.#rounded(options.initialValue), confirm: options.modelled ?? false, choice: 'initial' };
  }

  /** The next trial, or how the search ended. The same until `record` is called. */
  next(): SearchStep {
    this.#deadline ??= this.#clock() + this.#options.deadlineSeconds;
    if (this.#answer !== undefined) return this.#answer;
    if (this.#clock() < this.#deadline) return { kind: 'trial', ...this.#pending };
    return { kind: 'deadline', why: { code: 'out-of-time' }, best: this.#held ?? null };
  }

  /** Asks for a trial as short as the others where the pending one is to confirm. False where that would add nothing. */
  withoutConfirming(): boolean {
    const { value, confirm, choice } = this.#pending;
    if (!confirm || value <= (this.#held ?? 0)) return false;
    this.#pending = { value, confirm: false, choice: choice === 'confirm' ? 'curve' : choice };
    return true;
  }

  /** Asks for a value that is likely to break, where none has yet and there is no time to come nearer. False where that would add nothing. */
  closeAbove(): boolean {
    const { value } = this.#pending;
    const far = (this.#held ?? 0) * Math.sqrt(this.#options.exponentialFactor);
    if (this.#broke !== undefined || far <= value) return false;
    this.#pending = { value: this.#rounded(far), confirm: false, choice: 'bracket' };
    return true;
  }

  /** How the trial that `next` asked for ended. */
  record(outcome: TrialOutcome): void {
    const { value, confirm } = this.#pending;
    this.#trials++;
    if (outcome.kind === 'unclear') {
      if (++this.#unclear >= UNCLEAR_TRIALS) this.#doom({ code: 'trial', why: outcome.why });
      else this.#pending = { value, confirm, choice: 'repeat' };
      return;
    }
    this.#unclear = 0;
    if (outcome.kind !== 'out-of-reach') this.#curves.add(value, outcome.strains ?? []);
    if (outcome.kind === 'held') {
      this.#everHeld = true;
      this.#held = Math.max(value, this.#held ?? value);
      if (confirm) this.#confirmed = Math.max(value, this.#confirmed ?? value);
    } else {
      this.#ceiling = outcome.kind === 'out-of-reach' ? outcome.why : undefined;
      this.#broke = value;
      // Noise: it held once, and is not to be relied on.
      if (this.#held !== undefined && this.#held >= value) this.#held = this.#confirmed = undefined;
      if (confirm && this.#everHeld && this.#confirmed === undefined && ++this.#failedConfirmations > STEPS_DOWN) {
        this.#doom({ code: 'never-confirmed' });
      }
    }
    if (this.#answer === undefined) this.#plan(confirm);
  }

  #plan(confirming: boolean): void {
    const held = this.#held;
    const broke = this.#broke;
    const narrow = held !== undefined && broke !== undefined && this.#isNarrow(held, broke);
    const proven = this.#confirmed !== undefined && broke !== undefined && this.#isNarrow(this.#confirmed, broke);
    // A confirmation that a curve has placed may have been far from what was tried so far: one step down is tried from there.
    const below = this.#below(broke ?? 0);
    if (proven && this.#ceiling === undefined) {
      this.#answer = { kind: 'converged', value: this.#confirmed ?? 0 };
    } else if ((narrow || proven) && this.#ceiling !== undefined) {
      this.#doom({ code: 'trial', why: this.#ceiling });
    } else if (held !== undefined && held === this.#confirmed && this.#isWithinSteps(held, broke)) {
      this.#tryAbove(held, broke ?? Number.POSITIVE_INFINITY);
    } else if (confirming && (narrow || (held === undefined && this.#everHeld) || (this.#onCurve && below > (held ?? 0)))) {
      this.#onCurve = false;
      this.#try(below, true, 'confirm');
    } else if (narrow) {
      this.#try(Math.min(held, below), true, 'confirm');
    } else if (!this.#follow(held ?? 0, broke ?? Number.POSITIVE_INFINITY)) this.#narrow(held, broke);
  }

  #narrow(held: number | undefined, broke: number | undefined): void {
    const { exponentialFactor, modelled } = this.#options;
    const step = Math.min(this.#below(broke ?? 0), (broke ?? 0) / MODEL_STEP);
    // A generator at its limit is not near the table's.
    const stepping = modelled && this.#ceiling === undefined && this.#trials <= MODEL_STEPS && this.#rounded(step) > 0;
    if (held === undefined && stepping) this.#try(step, true, 'confirm');
    else if (held === undefined) this.#bracket((broke ?? 0) / exponentialFactor, 'nothing-held');
    else if (broke === undefined) this.#bracket(held * exponentialFactor, 'nothing-broke');
    else this.#try((held + broke) / 2, false, 'bisect');
  }

  /** Above a confirmed value, the next that has to break: a step of the precision away, or where the curve now meets the limit. */
  #tryAbove(confirmed: number, broke: number): void {
    const meets = this.#curves.meets() ?? 0;
    const above = this.#rounded(this.#above(confirmed));
    if (above <= confirmed)
      this.#answer = { kind: 'converged', value: confirmed }; // there is nothing between them
    else if (this.#trials >= BRACKETING_TRIALS) this.#doom({ code: 'nothing-broke', value: confirmed });
    else this.#try(meets > above && meets < broke ? meets : above, true, 'confirm');
  }

  /**
   * Where a curve is known near the limit, confirms the value at which they meet, or one far enough below what broke. Else tries a
   * value just above, to see it break, then confirms one below. False when there is no curve, or it has not helped.
   */
  #follow(held: number, broke: number): boolean {
    const { precision, exponentialFactor } = this.#options;
    const meets = this.#curves.meets();
    if (meets === undefined || this.#trials >= BRACKETING_TRIALS || !this.#helps(held, broke)) return false;
    const there = this.#rounded(Math.min(meets, this.#below(broke)));
    if (meets < broke && there > held && this.#curves.isNear(meets, NEAR * precision)) return this.#guide(there, true);
    const over = this.#rounded(meets * (1 + precision * MARGIN));
    if (over > held && over < broke) {
      const far = broke === Number.POSITIVE_INFINITY && held > 0 ? held * exponentialFactor ** 2 : broke;
      return this.#guide(Math.min(over, far), false);
    }
    const under = this.#rounded(Math.min(meets * (1 - precision * MARGIN), this.#below(broke)));
    if (
      this.#ceiling !== undefined ||
      under <= held ||
      meets * (1 - precision * MARGIN) >= broke ||
      !this.#isNarrow(under, broke)
    )
      return false;
    return this.#guide(under, true);
  }

  #guide(value: number, confirm: boolean): true {
    this.#guided++;
    this.#onCurve = confirm;
    this.#try(value, confirm, confirm ? 'confirm' : 'curve');
    return true;
  }

  /** Whether the interval has halved in the last trials that a curve has placed. */
  #helps(held: number, broke: number): boolean {
    const width = held > 0 ? broke / held - 1 : Number.POSITIVE_INFINITY;
    if (width <= this.#width / 2 && width < Number.POSITIVE_INFINITY) {
      this.#width = width;
      this.#guided = 0;
    }
    if (this.#guided < (held > 0 ? PATIENCE : 1)) return true;
    this.#guided = 0;
    return false;
  }

  #bracket(value: number, code: 'nothing-held' | 'nothing-broke'): void {
    const last = this.#pending.value;
    const nowhere = this.#rounded(value) === last || this.#rounded(value) <= 0;
    if (!nowhere && this.#trials < BRACKETING_TRIALS) this.#try(value, false, 'bracket');
    else this.#doom(this.#ceiling === undefined ? { code, value: last } : { code: 'trial', why: this.#ceiling });
  }

  #try(value: number, confirm: boolean, choice: Choice): void {
    this.#pending = { value: this.#rounded(value), confirm, choice };
    if (this.#pending.value <= 0) this.#doom({ code: 'never-confirmed' });
  }

  /** The lowest value that is within the precision of one that broke. */
  #below(value: number): number {
    const down = value / (1 + this.#options.precision * STEP);
    return this.#options.whole ? Math.min(value - 1, Math.ceil(down)) : down;
  }

  /** The highest value that is within the precision of one that held. */
  #above(value: number): number {
    const up = value * (1 + this.#options.precision * STEP);
    return this.#options.whole ? Math.max(value + 1, up) : up;
  }

  /** Whether a few steps up from a confirmed value lead to one that broke; where nothing has, the curve says how far to go. */
  #isWithinSteps(confirmed: number, broke: number | undefined): boolean {
    return broke === undefined || broke <= confirmed * (1 + this.#options.precision) ** FEW_STEPS;
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
