import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { Phase } from '../../model/timeline/attempt.ts';

const DIGITS = 3; // 0.1 % of any value, wrk2's and Gatling's resolution
const MICROSECONDS = 1e6;

function emptyHistogram(): Histogram {
  return build({ bitBucketSize: 32, autoResize: true, lowestDiscernibleValue: 1, numberOfSignificantValueDigits: DIGITS });
}

/** Interval histograms of one flood by phase, in whole µs of at least 1. */
export class PhaseHistograms {
  readonly #byPhase = new Map<Phase, Histogram>();

  record(phase: Phase, seconds: number): void {
    let histogram = this.#byPhase.get(phase);
    if (histogram === undefined) {
      histogram = emptyHistogram();
      this.#byPhase.set(phase, histogram);
    }
    histogram.recordValue(Math.max(1, Math.round(seconds * MICROSECONDS)));
  }

  /** Encodes and empties all that hold something. */
  take(): { phase: Phase; data: string }[] {
    const slices: { phase: Phase; data: string }[] = [];
    for (const [phase, histogram] of this.#byPhase) {
      if (histogram.totalCount === 0) continue;
      slices.push({ phase, data: encodeIntoCompressedBase64(histogram) });
      histogram.reset();
    }
    return slices;
  }
}

/** One histogram with every value of `encoded`: HdrHistograms of equal resolution add up without loss. */
export function mergeHistograms(encoded: readonly string[]): string {
  const sum = emptyHistogram();
  for (const data of encoded) sum.add(decodeFromCompressedBase64(data));
  return encodeIntoCompressedBase64(sum);
}
