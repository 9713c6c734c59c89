import type { Expectation } from '../../model/result/expectation.ts';
import type { PredictedQuantity } from '../../model/result/predicted-quantity.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { entriesPerConnection } from '../log/per-connection.ts';
import type { TableSeries } from '../log/table.ts';
import type { TableRows } from '../log/table-rows.ts';
import { comparableUntil } from './cut-short.ts';

/** What the table of the whole load decides, also after it was full. */
const LATER: ReadonlySet<PredictedQuantity['quantity']> = new Set(['peakEntries', 'steadyEntries', 'dropShareWhenFull']);

const ENTRIES = 'entriesPerConnection';

type Compared = [PredictedQuantity['quantity'], predicted: number | null, measured: number | null];

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
  /** When an action first changed the table, seconds; undefined when none did. */
  readonly changedAt?: number | undefined;
  /** Seconds from the break until new connections succeeded as before it; null when they did not. */
  readonly recoverySeconds?: number | null;
}

/**
 * What the model expected compared with what was measured; differences are measured − predicted. Of a load that was stopped early,
 * only what the rest of it would not have changed.
 */
export function comparePrediction(expected: Expectation, measured: Measured): PredictedQuantity[] {
  const { table, loads, prefilled, fullAt } = measured;
  const { samples, peakEntries } = table;
  const { cutAt = Number.POSITIVE_INFINITY, changedAt = Number.POSITIVE_INFINITY } = measured;
  const end = Math.min(fullAt ?? expected.loadSeconds, changedAt);
  const settled = expected.loadSeconds > expected.settledAfterSeconds;
  const quantities: Compared[] = [
    ['timeToFullSeconds', expected.fullAtSeconds, fullAt],
    ['peakEntries', expected.peakEntries, samples.length === 0 ? null : peakEntries],
    ['steadyEntries', expected.steadyEntries, settled ? entriesAround(samples, expected.loadSeconds) : null],
    ['dropShareWhenFull', expected.dropShareWhenFull, measured.dropShareWhenFull],
    ['entriesPerConnection', expected.entriesPerConnection, entriesPerConnection(samples, loads, prefilled, end)],
    ...(expected.recoverySeconds === undefined || fullAt === null
      ? []
      : [['recoverySeconds', expected.recoverySeconds, measured.recoverySeconds ?? null] satisfies Compared]),
  ];
  const compared = quantities.map(([quantity, predicted, value]) => ({
    quantity,
    predicted,
    measured: value,
    difference: predicted === null || value === null ? null : value - predicted,
  }));
  if (cutAt >= expected.loadSeconds) return compared;
  const before = { fullAt: fullAt !== null && fullAt > changedAt ? null : fullAt, expectedFullAt: expected.fullAtSeconds };
  const rows = comparableUntil(cutAt, compared, before);
  if (!Number.isFinite(changedAt)) return rows;
  const unchanged = rows.filter(({ quantity }) => !LATER.has(quantity));
  return before.fullAt === null
    ? [...unchanged.filter(({ quantity }) => quantity !== ENTRIES), ...untilChanged(compared)]
    : unchanged;
}

/** What the connections so far cost is known although the expectation, of the whole load, no longer holds. */
function untilChanged(compared: readonly PredictedQuantity[]): PredictedQuantity[] {
  return compared.filter(({ quantity }) => quantity === ENTRIES).map((row) => ({ ...row, predicted: null, difference: null }));
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
