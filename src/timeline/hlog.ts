import type { LatencySlice } from '../model/result/latency.ts';
import { MICROSECONDS_PER_MILLISECOND } from './encoded-histogram.ts';

const VERSION = '1.3';

/**
 * First lines of a histogram log. Times of the intervals are relative to `startTime` (seconds since 1970), which readers
 * detect by their being more than a year earlier (HistogramLogReader in HdrHistogram).
 */
export function hlogHeader(startTime: number): string {
  return [
    `#[Histogram log format version ${VERSION}]`,
    `#[StartTime: ${startTime.toFixed(3)} (seconds since epoch), ${new Date(startTime * 1000).toISOString()}]`,
    '#[Values are microseconds, Interval_Max milliseconds; one tag a flood and phase]',
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ].join('\n');
}

/** One interval's line; `max` is the histogram's largest value in µs. */
export function hlogLine(slice: LatencySlice, max: number): string {
  const length = slice.to - slice.from;
  const maxMs = max / MICROSECONDS_PER_MILLISECOND;
  return `Tag=${slice.flood}:${slice.phase},${slice.from.toFixed(3)},${length.toFixed(3)},${maxMs.toFixed(3)},${slice.data}`;
}

export interface HlogInterval {
  readonly flood: string;
  readonly phase: string;
  readonly from: number;
  readonly to: number;
  readonly data: string;
}

/** Parses an interval's line; undefined for comments, the legend and a line that was cut short. */
export function parseHlogLine(line: string): HlogInterval | undefined {
  const match = /^Tag=([^,]+):([^,:]+),([\d.-]+),([\d.]+),[\d.]+,([A-Za-z0-9+/=]+)$/.exec(line);
  if (match === null) return undefined;
  const [, flood = '', phase = '', from, length, data = ''] = match;
  return { flood, phase, from: Number(from), to: Number((Number(from) + Number(length)).toFixed(3)), data };
}
