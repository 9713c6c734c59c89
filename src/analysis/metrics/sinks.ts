import type { MetricValues } from '../../model/input/metrics.ts';
import { percentileOf } from '../../model/input/threshold.ts';
import type { TimedCount } from '../../model/result/latency.ts';

const USUAL_PERCENTILES = ['p(90)', 'p(95)', 'p(99)'];

/** A value that moves: where it stands, how far it went, and its mean over time. */
export class GaugeSink {
  #value = Number.NaN;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #area = 0;
  #first = Number.NaN;
  #last = Number.NaN;

  /** `t` in seconds, never earlier than the call before. */
  set(t: number, value: number): void {
    if (Number.isNaN(this.#first)) this.#first = t;
    else this.#area += this.#value * (t - this.#last);
    this.#last = t;
    this.#value = value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** The value holds until `now`. */
  values(now: number): MetricValues {
    if (Number.isNaN(this.#first)) return {};
    const end = Math.max(now, this.#last);
    const mean = end > this.#first ? (this.#area + this.#value * (end - this.#last)) / (end - this.#first) : this.#value;
    return { value: this.#value, avg: mean, min: this.#min, max: this.#max };
  }
}

/** Times, of which any percentile may be asked. */
export class TrendSink {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;

  add(values: Iterable<TimedCount>): void {
    for (const [value, count] of values) {
      this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
      this.#count += count;
      this.#sum += value * count;
    }
  }

  /** Everything added so far, in no order. */
  get recorded(): Iterable<TimedCount> {
    return this.#counts;
  }

  /** Milliseconds; with the percentiles k6 shows and those `asked` for, e.g. `p(99.9)`. */
  values(asked: readonly string[] = []): MetricValues {
    if (this.#count === 0) return {};
    const ascending = [...this.#counts].sort(([a], [b]) => a - b);
    const percentiles = [...new Set([...USUAL_PERCENTILES, ...asked])].flatMap((name) => {
      const percentile = percentileOf(name);
      return percentile === undefined ? [] : [[name, this.#at(ascending, percentile)] as const];
    });
    return {
      avg: this.#sum / this.#count,
      min: this.#at(ascending, 0),
      med: this.#at(ascending, 50),
      max: this.#at(ascending, 100),
      ...Object.fromEntries(percentiles),
    };
  }

  /** Nearest rank, as HdrHistogram has it. */
  #at(ascending: readonly TimedCount[], percentile: number): number {
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.#count - 1e-9)); // 1e-9: 99.9 % of 1000 are 999
    let below = 0;
    for (const [value, count] of ascending) {
      below += count;
      if (below >= rank) return value;
    }
    return Number.NaN;
  }
}
