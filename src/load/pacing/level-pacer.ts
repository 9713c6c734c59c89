import { LATE_SECONDS_IN_BURST, STARTS_PER_TICK } from './arrival-pacer.ts';
import { DeadlineQueue } from './deadline-queue.ts';

/** How often a changing level is looked at. */
const CHECK_SECONDS = 0.005;
/** A slot whose connect ran into silence has waited its time limit already. */
const PAUSE_SECONDS = 1;

export interface SlotListener {
  /** Open a connection for `slot`. */
  fill(slot: number, intended: number): void;
  /** The level asked for a connection that will not be begun any more; one that `stop` makes unwanted is not told. */
  notStarted(intended: number): void;
  /** The level fell: close what `slot` has. */
  empty(slot: number): void;
}

export interface LevelOptions {
  /** Connections wanted, by seconds since the flood's start; linear but for steps at 0 and at the end. */
  readonly levelAt: (seconds: number) => number;
  readonly startTimeSeconds: number;
  /** Seconds from the flood's start to the last change of level. */
  readonly lastsSeconds: number;
  readonly connectTimeoutSeconds: number;
  readonly agent: number;
  readonly agents: number;
}

/** A connection to be begun; `again` when its slot has had one before. */
interface Opening {
  readonly slot: number;
  readonly intended: number;
  readonly again: boolean;
}

/**
 * Keeps this agent's slots of a held flood filled: slot k of the level belongs to agent k mod agents. A slot whose open
 * failed or whose socket was lost is tried again, at most once per connect timeout and never without a pause of 1 s.
 * When the level falls the newest slots go first. While there is a level to be reached nothing is too late for it; once the
 * schedule is over, what is as late as a burst may be is given up, so that the load ends.
 */
export class LevelPacer {
  readonly #options: LevelOptions;
  readonly #listener: SlotListener;
  readonly #afterSilence = new DeadlineQueue<number>(PAUSE_SECONDS);
  readonly #afterAnswer: DeadlineQueue<number>;
  /** Slots that have a connection or are about to. */
  readonly #filled = new Set<number>();
  #pending: Opening[] = [];
  /** Slots of this agent the level asks for. */
  #wanted = 0;
  #seen = { at: 0, level: 0 };
  #nextCheck: number;

  constructor(options: LevelOptions, listener: SlotListener) {
    this.#options = options;
    this.#listener = listener;
    this.#nextCheck = options.startTimeSeconds;
    this.#afterAnswer = new DeadlineQueue(Math.max(PAUSE_SECONDS, options.connectTimeoutSeconds));
  }

  /** Whether changes of level are still to come, or connections they asked for have not been begun. */
  get scheduled(): boolean {
    return this.#nextCheck !== Number.POSITIVE_INFINITY || this.#pending.length > 0;
  }

  get nextAt(): number {
    if (this.#pending.length > 0) return Number.NEGATIVE_INFINITY;
    return Math.min(this.#nextCheck, this.#afterSilence.nextAt, this.#afterAnswer.nextAt);
  }

  tick(now: number): void {
    if (now >= this.#nextCheck) this.#followLevel(now);
    for (const queue of [this.#afterSilence, this.#afterAnswer]) {
      for (let due = queue.nextAt, slot = queue.take(now); slot !== undefined; due = queue.nextAt, slot = queue.take(now)) {
        this.#pending.push({ slot, intended: due, again: true });
      }
    }
    this.#fillPending(now);
  }

  /** The slot's connection failed (`silent`: nobody answered) or was lost; it will be tried again. */
  vacated(slot: number, now: number, silent: boolean): void {
    this.#filled.delete(slot);
    (silent ? this.#afterSilence : this.#afterAnswer).push(slot, now);
  }

  /** No new connections from here on. */
  stop(): void {
    this.#nextCheck = Number.POSITIVE_INFINITY;
    this.#wanted = 0;
    this.#pending = [];
  }

  #followLevel(now: number): void {
    const { levelAt, startTimeSeconds: start, lastsSeconds } = this.#options;
    if (this.#seen.at === 0 && this.#seen.level === 0) this.#follow(start, levelAt(0), start);
    const end = start + lastsSeconds;
    if (now < end) {
      this.#follow(now, levelAt(now - start), this.#seen.at);
      this.#nextCheck = now + CHECK_SECONDS;
    } else {
      this.#follow(end, levelAt(lastsSeconds), this.#seen.at);
      this.#nextCheck = Number.POSITIVE_INFINITY;
    }
  }

  /** The level went from what was seen last, at `from`, to `level` at `now`, in a straight line. */
  #follow(now: number, level: number, from: number): void {
    const { agent, agents } = this.#options;
    const wanted = Math.max(0, Math.ceil((Math.floor(level + 1e-9) - agent) / agents));
    for (let own = this.#wanted; own < wanted; own++) {
      const slot = own * agents + agent;
      const share = (slot + 1 - this.#seen.level) / (level - this.#seen.level);
      this.#pending.push({ slot, intended: from + (now - from) * Math.min(1, Math.max(0, share)), again: false });
    }
    for (let own = this.#wanted - 1; own >= wanted; own--) {
      const slot = own * agents + agent;
      if (this.#filled.delete(slot)) this.#listener.empty(slot);
    }
    this.#wanted = wanted;
    this.#seen = { at: now, level };
  }

  #fillPending(now: number): void {
    const { agent, agents } = this.#options;
    const tooLate = this.#nextCheck === Number.POSITIVE_INFINITY ? now - LATE_SECONDS_IN_BURST : Number.NEGATIVE_INFINITY;
    let starts = 0;
    let taken = 0;
    for (const opening of this.#pending) {
      if (starts === STARTS_PER_TICK) break;
      const { slot, intended } = opening;
      taken++;
      if (this.#filled.has(slot)) continue;
      if ((slot - agent) / agents >= this.#wanted || intended < tooLate) {
        if (!opening.again) this.#listener.notStarted(intended); // overtaken by the level, or by the end
        continue;
      }
      this.#filled.add(slot);
      this.#listener.fill(slot, intended);
      starts++;
    }
    this.#pending = this.#pending.slice(taken);
  }
}
