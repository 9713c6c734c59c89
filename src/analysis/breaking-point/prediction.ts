import type { Expectation } from '../../model/result/expectation.ts';
import type { PredictedQuantity } from '../../model/result/summary.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { attemptsBefore, LOAD_BUCKET } from '../log/load.ts';
import type { TableSeries } from '../log/table.ts';
import type { TableRows } from '../log/table-rows.ts';
import { comparableUntil } from './cut-short.ts';

const DUST = 1e-6; // 0.3 / 0.1 is less than 3

/** What a run measured of the quantities that the model predicts. */
export interface Measured {
  /** The gateway's. */
  readonly table: TableSeries;
  readonly loads: readonly LoadRecord[];
  /** Entries there were before the load. */
  readonly prefilled: number;
  /** When the table was first full; null when it never was. */
  readonly fullAt: number | null;
  readonly dropShareWhenFull: number | null;
  /** Seconds after which the load was stopped; undefined when it ran its course. */
  readonly cutAt?: number | undefined;
}

/**
 * What the model expected compared with what was measured; differences are measured − predicted. Of a load that was stopped early,
 * only what the rest of it would not have changed.
 */
export function comparePrediction(expected: Expectation, measured: Measured): PredictedQuantity[] {
  const { table, loads, prefilled, fullAt } = measured;
  const { samples, peakEntries } = table;
  const end = fullAt ?? expected.loadSeconds;
  const settled = expected.loadSeconds > expected.settledAfterSeconds;
  const rows: [PredictedQuantity['quantity'], number | null, number | null][] = [
    ['timeToFullSeconds', expected.fullAtSeconds, fullAt],
    ['peakEntries', expected.peakEntries, samples.length === 0 ? null : peakEntries],
    ['steadyEntries', expected.steadyEntries, settled ? entriesAround(samples, expected.loadSeconds) : null],
    ['dropShareWhenFull', expected.dropShareWhenFull, measured.dropShareWhenFull],
    ['entriesPerConnection', expected.entriesPerConnection, entriesPerConnection(samples, loads, prefilled, end)],
  ];
  const compared = rows.map(([quantity, predicted, value]) => ({
    quantity,
    predicted,
    measured: value,
    difference: predicted === null || value === null ? null : value - predicted,
  }));
  const { cutAt = Number.POSITIVE_INFINITY } = measured;
  if (cutAt >= expected.loadSeconds) return compared;
  return comparableUntil(cutAt, compared, { fullAt, expectedFullAt: expected.fullAtSeconds });
}

/** Mean over the last second up to `end`: the count is a sawtooth. */
function entriesAround(samples: TableRows, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (const { t, entries } of samples) {
    if (t <= end - 1 || t > end) continue;
    sum += entries;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Entries per connection started by `at`; those that were there before the load are left out. */
function entriesPerConnection(samples: TableRows, loads: readonly LoadRecord[], prefilled: number, at: number): number | null {
  const until = Math.floor(at / LOAD_BUCKET + DUST) * LOAD_BUCKET; // attempts are recorded by 100 ms
  const { attempted } = attemptsBefore(loads, until - DUST);
  const sample = samples.at(samples.findIndex(({ t }) => t >= until) - 1);
  return attempted === 0 || sample === undefined ? null : (sample.entries - prefilled) / attempted;
}
