import type { Expectation } from '../../model/result/expectation.ts';
import type { PredictedQuantity } from '../../model/result/summary.ts';
import { LOAD_BUCKET, totalAttempts } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import { firstFullAt } from './breaking-point.ts';

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
  let sum = 0;
  let count = 0;
  for (const { t, entries } of log.tables.gateway.samples) {
    if (t <= end - 1 || t > end) continue;
    sum += entries;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Entries there were for each connection begun by `at`; what was there before the load is left out. */
function entriesPerConnection(log: RunLog, at: number): number | null {
  const until = Math.floor(at / LOAD_BUCKET + DUST) * LOAD_BUCKET; // attempts are booked by 100 ms
  const { attempted } = totalAttempts(log, until - DUST);
  const { samples } = log.tables.gateway;
  const sample = samples.at(samples.findIndex(({ t }) => t >= until) - 1);
  return attempted === 0 || sample === undefined ? null : (sample.entries - log.meta.lab.capacity.prefilled) / attempted;
}
