import type { TableRows } from '../log/table-rows.ts';

/** Times are recorded to microseconds. */
const ROUNDING = 0.5e-6; // seconds

/**
 * Share of the samples due, every `intervalSeconds` from 0 on, while the table held `limit` entries, that were taken within one
 * interval; a missed sample was not. Null when none was due.
 */
export function inTimeShareWhenFull(samples: TableRows, limit: number, intervalSeconds: number): number | null {
  let due = 0;
  let inTime = 0;
  let before: { readonly index: number; readonly full: boolean } | undefined;
  for (const { t, entries } of samples) {
    const index = Math.floor((t + ROUNDING) / intervalSeconds);
    if (before?.full && index > before.index) {
      due += index - before.index;
      inTime++; // the sample stands for the last due time before it
    }
    before = { index, full: entries >= limit };
  }
  return due === 0 ? null : inTime / due;
}
