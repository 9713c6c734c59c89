import type { PredictedQuantity } from '../../model/result/summary.ts';
import type { EventRecord } from '../../model/timeline/sample.ts';
import type { RunLog } from '../log/run-log.ts';

const STOPS: ReadonlySet<EventRecord['name']> = new Set(['interrupted', 'threshold-crossed', 'table-dropped']);

/** Seconds after which the load was stopped before its end; undefined for a load that ran its course. */
export function cutShortAt({ events, end, latestAt }: Pick<RunLog, 'events' | 'end' | 'latestAt'>): number | undefined {
  if (end?.outcome === 'finished') return undefined;
  const stop = events.find(({ name }) => STOPS.has(name));
  return stop?.t ?? end?.t ?? latestAt;
}

/**
 * The quantities of which a load that ended early says what a whole one would have: those of a table that was full by then, and
 * that it was not full although it should have been. The others belong to the end of the whole load.
 * @param cutAt seconds after which the load was stopped
 */
export function comparableUntil(
  cutAt: number,
  rows: readonly PredictedQuantity[],
  { fullAt, expectedFullAt }: { readonly fullAt: number | null; readonly expectedFullAt: number | null },
): PredictedQuantity[] {
  if (fullAt !== null) return rows.filter(({ quantity }) => quantity !== 'steadyEntries');
  const overdue = expectedFullAt !== null && expectedFullAt <= cutAt;
  return overdue ? rows.filter(({ quantity }) => quantity === 'timeToFullSeconds') : [];
}
