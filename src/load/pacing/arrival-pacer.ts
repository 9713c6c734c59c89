import type { Clock } from '../../platform/clock.ts';
import type { Arrival } from './schedule.ts';

/** Starts a tick may make before it lets the event loop deliver what has come in. */
export const STARTS_PER_TICK = 64;
/** Later than this after its intended start an arrival is not begun any more but counted as `notStarted`. */
export const LATE_SECONDS = 1;
/** A burst is due all at once by design: what counts is that it gets out, as fast as it may. */
export const LATE_SECONDS_IN_BURST = 10;

export interface ArrivalListener {
  /** `now` is the time at which it is begun. */
  begin(arrival: number, intended: number, now: number): void;
  notStarted(intended: number): void;
}

/** Begins arrivals of one flood when they are due. Times are seconds since the epoch. */
export class ArrivalPacer {
  readonly #next: () => Arrival | undefined;
  readonly #startTime: number;
  /** Seconds since the epoch up to which the flood lasts, however early its last arrival is due. */
  #end: number;
  readonly #lateSeconds: number;
  readonly #clock: Clock;
  readonly #listener: ArrivalListener;
  #arrival: Arrival | undefined;

  constructor(
    arrivals: () => Arrival | undefined,
    options: {
      readonly startTimeSeconds: number;
      /** Seconds from the flood's start to the end of its schedule; 0 for a burst. */
      readonly lastsSeconds: number;
      readonly lateSeconds: number;
      readonly clock: Clock;
    },
    listener: ArrivalListener,
  ) {
    this.#next = arrivals;
    this.#startTime = options.startTimeSeconds;
    this.#end = options.startTimeSeconds + options.lastsSeconds;
    this.#lateSeconds = options.lateSeconds;
    this.#clock = options.clock;
    this.#listener = listener;
    this.#arrival = arrivals();
  }

  /** When the next arrival is due; Infinity after the last. */
  get nextAt(): number {
    return this.#arrival === undefined ? Number.POSITIVE_INFINITY : this.#startTime + this.#arrival.at;
  }

  /** Until the schedule is over: a load lasts as long as it was asked to, also where arrivals are few. */
  get scheduled(): boolean {
    return this.#arrival !== undefined || this.#clock() < this.#end;
  }

  tick(): void {
    for (let starts = 0; starts < STARTS_PER_TICK; ) {
      const now = this.#clock();
      const intended = this.nextAt;
      if (this.#arrival === undefined || intended > now) return;
      if (now - intended > this.#lateSeconds) {
        this.#listener.notStarted(intended);
      } else {
        this.#listener.begin(this.#arrival.index, intended, now);
        starts++;
      }
      this.#arrival = this.#next();
    }
  }

  /** Drops what is not due yet; what was due by `now` and has not been begun counts as not started. */
  stop(now: number): void {
    while (this.nextAt <= now) {
      this.#listener.notStarted(this.nextAt);
      this.#arrival = this.#next();
    }
    this.#arrival = undefined;
    this.#end = Number.NEGATIVE_INFINITY;
  }
}
