import type { Expectation } from '../model/expectation.ts';
import type { PredictedQuantity } from '../model/summary.ts';
import { firstFullAt } from './breaking-point.ts';
import { LOAD_BUCKET, totalAttempts } from './load.ts';
import { lastBefore, type RunLog } from './run-log.ts';

const DUST = 1e-6; // 0.3 / 0.1 is less than 3

/** What the model expected beside what was measured; differences are measured − predicted. */
export function comparePrediction(log: RunLog, expected: Expectation, measuredDropShare: number | null): PredictedQuantity[] {
  const { samples, peakEntries } = log.tables.gateway;
  const full = firstFullAt(log);
  const settled = expected.loadSeconds > expected.settledAfterSeconds;
  const rows: [PredictedQuantity['quantity'], number | null, number | null][] = [
    ['timeToFullSeconds', expected.fullAtSeconds, full],
    ['peakEntries', expected.peakEntries, samples.length === 0 ? null : peakEntries],
    ['steadyEntries', expected.steadyEntries, settled ? entriesAround(log, expected.loadSeconds) : null],
    ['dropShareWhenFull', expected.dropShareWhenFull, measuredDropShare],
    ['entriesPerConnection', expected.entriesPerConnection, entriesPerConnection(log, full ?? expected.loadSeconds)],
  ];
  return rows.map(([quantity, predicted, measured]) => ({
    quantity,
    predicted,
    measured,
    difference: predicted === null || measured === null ? null : measured - predicted,
  }));
}

/** Mean over the last second up to `end`: the count is a sawtooth. */
function entriesAround(log: RunLog, end: number): number | null {
  const last = log.tables.gateway.samples.filter(({ t }) => t > end - 1 && t <= end);
  return last.length === 0 ? null : last.reduce((sum, { entries }) => sum + entries, 0) / last.length;
}

/** Entries there were for each connection begun by `at`; what was there before the load is left out. */
function entriesPerConnection(log: RunLog, at: number): number | null {
  const until = Math.floor(at / LOAD_BUCKET + DUST) * LOAD_BUCKET; // attempts are booked by 100 ms
  const { attempted } = totalAttempts(log, until - DUST);
  const sample = lastBefore(log.tables.gateway.samples, until);
  return attempted === 0 || sample === undefined ? null : (sample.entries - log.meta.lab.capacity.prefilled) / attempted;
}
