import type { TableRows } from '../log/table-rows.ts';

/** Seconds without a sample that make no difference to a breaking point: its rate is a mean over 1 s. */
const BEARABLE = 0.5;
/** The same in intervals between two samples. */
const INTERVALS = 3;

/** A time without samples. */
export interface RecordGap {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Between the last sample without and the first with a drop, at `at`; undefined when they are close enough. */
export function gapBefore(samples: TableRows, at: number, intervalMs: number): RecordGap | undefined {
  let from = 0;
  for (const { t, drop } of samples) {
    if (t >= at || drop > 0) break;
    from = t;
  }
  return at - from > bearable(intervalMs) ? { fromSeconds: from, toSeconds: at } : undefined;
}

/** The longest time without a sample; undefined when none was long. */
export function longestGap(samples: TableRows, intervalMs: number): RecordGap | undefined {
  let from = 0;
  let longest: RecordGap | undefined;
  let least = bearable(intervalMs);
  for (const { t } of samples) {
    if (t - from > least) {
      least = t - from;
      longest = { fromSeconds: from, toSeconds: t };
    }
    from = t;
  }
  return longest;
}

function bearable(intervalMs: number): number {
  return Math.max(BEARABLE, (INTERVALS * intervalMs) / 1000);
}
