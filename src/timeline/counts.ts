import type { LatencySummary } from '../model/result/flood-summary.ts';
import type { LatencyValues, TimedCount } from '../model/result/latency.ts';
import {
  highestOf,
  histogramBuckets,
  lowerEnd,
  MICROSECONDS_PER_MILLISECOND,
  readHistogram,
  upperEnd,
} from './encoded-histogram.ts';

/**
 * Adds up HdrHistograms of µs, and reads the sum as HdrHistogram does. A run of half an hour has some twenty thousand slices:
 * decoding each into a histogram object and adding that up takes minutes, this takes seconds.
 */
export class Counts {
  #counts = new Float64Array(4096);
  /** Where it counts something: of twelve thousand places a slice has some hundred. */
  #indices: number[] = [];
  #ascending = true;
  #total = 0;
  #max = 0;
  #buckets = 1;

  /** @throws {Error} when `data` is not an encoded histogram of the load agents' resolution. */
  addEncoded(data: string): void {
    const { buckets, last } = readHistogram(data, (index, count) => this.#count(index, count));
    if (last >= 0) this.#raise(buckets, last, upperEnd(last));
  }

  add(other: Counts): void {
    const indices = other.#inOrder();
    for (const index of indices) this.#count(index, other.#counts[index] as number);
    const last = indices.at(-1);
    if (last !== undefined) this.#raise(other.#buckets, last, other.#max);
  }

  clear(): void {
    for (const index of this.#indices) this.#counts[index] = 0;
    this.#indices = [];
    this.#ascending = true;
    this.#total = 0;
    this.#max = 0;
    this.#buckets = 1;
  }

  /** All there is, ascending, in milliseconds. A step counts as its upper end, which must not lie above the largest value. */
  values(): TimedCount[] {
    const { times, counts } = this.columns();
    return times.map((time, i) => [time, counts[i] as number]);
  }

  /** The same as two lists, which take a tenth of the memory. */
  columns(): Pick<LatencyValues, 'times' | 'counts'> {
    const indices = this.#inOrder();
    return {
      times: indices.map((index) => ms(Math.min(upperEnd(index), this.#max))),
      counts: indices.map((index) => this.#counts[index] as number),
    };
  }

  /** Milliseconds. */
  summary(): LatencySummary {
    const [lowest] = this.#inOrder();
    const [p50 = 0, p90 = 0, p95 = 0, p99 = 0, p999 = 0] = this.#at([50, 90, 95, 99, 99.9]);
    const min = lowest === undefined ? 0 : ms(lowerEnd(lowest));
    return { min, p50, p90, p95, p99, 'p99.9': p999, max: ms(this.#max), count: this.#total };
  }

  /** The values at `percentiles`, which are ascending, in milliseconds. */
  #at(percentiles: readonly number[]): number[] {
    const ranks = percentiles.map((percentile) => this.#rank(percentile));
    const found: number[] = [];
    let seen = 0;
    for (const index of this.#inOrder()) {
      seen += this.#counts[index] as number;
      while (seen >= (ranks[found.length] ?? Number.POSITIVE_INFINITY)) found.push(ms(upperEnd(index)));
    }
    return found;
  }

  /** Rounded up, but not for the sake of the last binary digit, as HdrHistogram's getValueAtPercentile has it. */
  #rank(percentile: number): number {
    const exact = (percentile / 100) * this.#total;
    return Math.max(1, Math.ceil(exact - 2 ** (Math.floor(Math.log2(exact)) - 52)));
  }

  #inOrder(): readonly number[] {
    if (!this.#ascending) this.#indices.sort((a, b) => a - b);
    this.#ascending = true;
    return this.#indices;
  }

  #count(index: number, count: number): void {
    if (index >= this.#counts.length) {
      const longer = new Float64Array(2 ** Math.ceil(Math.log2(index + 1)));
      longer.set(this.#counts);
      this.#counts = longer;
    }
    const before = this.#counts[index] as number;
    if (before === 0) {
      this.#ascending &&= index > (this.#indices.at(-1) ?? -1);
      this.#indices.push(index);
    }
    this.#counts[index] = before + count;
    this.#total += count;
  }

  /**
   * hdr-histogram-js takes over the maximum of a histogram with as many buckets, and of any other the lower end of its last
   * step. So does this, because the summaries of recorded runs must stay as they are.
   */
  #raise(buckets: number, last: number, max: number): void {
    if (highestOf(this.#buckets) < max) this.#buckets = histogramBuckets(max);
    this.#max = Math.max(this.#max, buckets === this.#buckets ? max : lowerEnd(last));
  }
}

function ms(microseconds: number): number {
  return microseconds / MICROSECONDS_PER_MILLISECOND;
}
