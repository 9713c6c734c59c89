import * as hdr from 'hdr-histogram-js';
import type { TimedCount } from '../model/latency.ts';

const MICROSECONDS_PER_MILLISECOND = 1000;

/** All that a histogram of µs holds, ascending, in milliseconds. */
export function recordedValues(histogram: hdr.JsHistogram): TimedCount[] {
  const values: TimedCount[] = [];
  const iterator = histogram.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    // A bucket counts as its upper end, which must not lie above the largest value there was.
    const value = Math.min(valueIteratedTo, histogram.maxValue);
    values.push([value / MICROSECONDS_PER_MILLISECOND, countAtValueIteratedTo]);
  }
  return values;
}

/** The same of a slice of the latency log as it is recorded. */
export function decodeValues(data: string): TimedCount[] {
  return recordedValues(hdr.decodeFromCompressedBase64(data) as hdr.JsHistogram);
}
