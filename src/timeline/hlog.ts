import type { LatencySlice } from '../model/result/latency.ts';
import { PHASES } from '../model/timeline/attempt.ts';
import { MICROSECONDS_PER_MILLISECOND } from './encoded-histogram.ts';
import { LONGEST_RUN } from './limits.ts';

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

/** Seconds of an interval. It ends every second, but an agent that got no CPU ends it late. */
const LONGEST_INTERVAL = 3600;
const PHASE_NAMES: ReadonlySet<string> = new Set(PHASES);
/** Comments begin with `#`, the legend with `"`. */
const NO_INTERVAL = /^(#|"|$)/;

/**
 * Parses an interval's line; undefined for comments and the legend.
 * @throws {Error} for anything else.
 */
export function parseHlogLine(line: string): HlogInterval | undefined {
  if (NO_INTERVAL.test(line)) return undefined;
  const match = /^Tag=([^,]+):([^,:]+),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?),\d+(?:\.\d+)?,([A-Za-z0-9+/=]+)$/.exec(line);
  if (match === null) throw new Error('not an interval of a histogram log');
  const [, flood = '', phase = '', start, length, data = ''] = match;
  const from = Number(start);
  if (!PHASE_NAMES.has(phase)) throw new Error(`unknown phase ${phase}`);
  if (Math.abs(from) > LONGEST_RUN) throw new Error(`an interval that starts at ${start} s`);
  if (Number(length) > LONGEST_INTERVAL) throw new Error(`an interval of ${length} s`);
  return { flood, phase, from, to: Number((from + Number(length)).toFixed(3)), data };
}
