import type { LoadRecord } from '../../model/timeline/sample.ts';
import { attemptsBefore, LOAD_BUCKET } from './load.ts';
import type { TableRows } from './table-rows.ts';

const DUST = 1e-6; // 0.3 / 0.1 is less than 3

/**
 * Entries in a table per connection started by `at`, in seconds; the `before` that were there before the load are left out. Null where
 * nothing was started or sampled by then.
 */
export function entriesPerConnection(
  samples: TableRows,
  loads: readonly LoadRecord[],
  before: number,
  at: number,
): number | null {
  const until = Math.floor(at / LOAD_BUCKET + DUST) * LOAD_BUCKET; // attempts are recorded by 100 ms
  const { attempted } = attemptsBefore(loads, until - DUST);
  const sample = samples.at(samples.findIndex(({ t }) => t >= until) - 1);
  return attempted === 0 || sample === undefined ? null : (sample.entries - before) / attempted;
}
