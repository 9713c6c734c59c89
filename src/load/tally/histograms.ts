import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { Phase } from '../../model/timeline/attempt.ts';

const DIGITS = 3; // 0.1 % of any value, wrk2's and Gatling's resolution
const MICROSECONDS = 1e6;

function emptyHistogram(): Histogram {
  return build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, numberOfSignificantValueDigits: DIGITS });
}

/** Interval histograms of one flood by phase, in whole µs of at least 1. */
export class PhaseHistograms {
  readonly #byPhase = new Map<Phase, IntervalHistogram>();

  record(phase: Phase, seconds: number): void {
    let histogram = this.#byPhase.get(phase);
    if (histogram === undefined) {
      histogram = new IntervalHistogram();
      this.#byPhase.set(phase, histogram);
    }
    histogram.record(Math.max(1, Math.round(seconds * MICROSECONDS)));
  }

  /** Encodes and empties all that hold something. */
  take(): { phase: Phase; data: string }[] {
    const slices: { phase: Phase; data: string }[] = [];
    for (const [phase, histogram] of this.#byPhase) {
      const data = histogram.take();
      if (data !== undefined) slices.push({ phase, data });
    }
    return slices;
  }
}

/** Steps of a doubling at 3 digits: 2 × 10³, as the next power of two, halved. */
const HALF = 1024;
/** 2.1 s. Longer times are rare, except where nothing is fast. */
const MOST_COUNTED = 2 ** 21;
const DOUBLINGS = 11; // from 2048 up to there, and the values below as one more

/**
 * Counts whole values in an array laid out as HdrHistogram's, which the library gets when they are taken: its `recordValue`
 * computes a logarithm and two powers, 0.13 µs in place of 0.01, and a short connection has five values.
 */
class IntervalHistogram {
  readonly #histogram = emptyHistogram();
  readonly #counts = new Uint32Array((DOUBLINGS + 1) * HALF);
  /** First index not in use. */
  #end = 0;

  record(value: number): void {
    if (value >= MOST_COUNTED) {
      this.#histogram.recordValue(value);
      return;
    }
    const doubling = Math.max(0, 21 - Math.clz32(value)); // values below 2048 have a count each
    const index = doubling * HALF + (value >>> doubling);
    (this.#counts[index] as number)++;
    if (index >= this.#end) this.#end = index + 1;
  }

  /** Encodes and empties it; undefined when there is nothing. */
  take(): string | undefined {
    const histogram = this.#histogram;
    for (let index = 0; index < this.#end; index++) {
      const count = this.#counts[index] as number;
      if (count > 0) histogram.recordValueWithCount(lowestAt(index), count);
    }
    if (histogram.totalCount === 0) return undefined;
    this.#counts.fill(0, 0, this.#end);
    this.#end = 0;
    const data = encodeIntoCompressedBase64(histogram);
    histogram.reset();
    return data;
  }
}

/** The lowest value counted at `index`. */
function lowestAt(index: number): number {
  const doubling = Math.max(0, Math.floor(index / HALF) - 1);
  return (index - doubling * HALF) * 2 ** doubling;
}

/** One histogram with every value of `encoded`: HdrHistograms of equal resolution add up without loss. */
export function mergeHistograms(encoded: readonly string[]): string {
  const sum = emptyHistogram();
  for (const data of encoded) sum.add(decodeFromCompressedBase64(data));
  return encodeIntoCompressedBase64(sum);
}
