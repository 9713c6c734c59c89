import type { TimedCount } from '../model/result/latency.ts';
import { Counts } from './counts.ts';
import { readHistogram, upperEnd } from './encoded-histogram.ts';

/** All that a slice of the latency log holds, ascending, in milliseconds. */
export function decodeValues(data: string): TimedCount[] {
  const counts = new Counts();
  counts.addEncoded(data);
  return counts.values();
}

/** The largest value of a slice of the latency log, in µs. */
export function decodeMax(data: string): number {
  return upperEnd(Math.max(0, readHistogram(data, () => {}).last));
}
