import { createHistogram } from 'node:perf_hooks';

/** A sample within this many seconds of its time counts as on time. */
const TOLERANCE = 0.005;

/**
 * Due times on a grid of `interval` seconds through `epoch`, and how well they were kept. Nothing drifts: a late
 * sample never moves the next one, and due times that have passed are missed, not made up for.
 */
export class SampleSchedule {
  readonly #epoch: number;
  readonly #interval: number;
  readonly #first: number;
  #next: number;
  #onTime = 0;
  #taken = 0;
  /** In µs: a run of hours has millions of samples. */
  readonly #lateness = createHistogram();

  constructor(epoch: number, interval: number, now: number) {
    this.#epoch = epoch;
    this.#interval = interval;
    this.#first = Math.ceil((now - epoch) / interval);
    this.#next = this.#first;
  }

  /** When the next sample is due, absolute seconds. */
  get due(): number {
    return this.#epoch + this.#next * this.#interval;
  }

  /** Notes a sample taken at `now` for the due time before it, and moves on to the next due time after `now`. */
  taken(now: number): void {
    const late = now - this.due;
    this.#taken++;
    if (late <= TOLERANCE) this.#onTime++;
    this.#lateness.record(Math.max(1, Math.round(late * 1e6)));
    this.#next = Math.max(this.#next + 1, Math.floor((now - this.#epoch) / this.#interval) + 1);
  }

  /** How punctual it has been: samples missed count as late. */
  punctuality(): { readonly samples: number; readonly onTimeShare: number; readonly lateP99Ms: number } {
    const due = this.#next - this.#first;
    const lateP99Ms = this.#taken === 0 ? 0 : this.#lateness.percentile(99) / 1000;
    return { samples: this.#taken, onTimeShare: due === 0 ? 1 : this.#onTime / due, lateP99Ms };
  }
}
