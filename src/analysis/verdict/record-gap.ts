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
  const bearable = Math.max(BEARABLE, (INTERVALS * intervalMs) / 1000);
  return at - from > bearable ? { fromSeconds: from, toSeconds: at } : undefined;
}
