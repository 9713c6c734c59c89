import type { PredictedQuantity } from '../../model/result/predicted-quantity.ts';
import type { EventRecord } from '../../model/timeline/sample.ts';
import type { RunLog } from '../log/run-log.ts';

const STOPS: ReadonlySet<EventRecord['name']> = new Set(['interrupted', 'threshold-crossed', 'table-dropped']);

/** Seconds after which the load was stopped before its end; undefined for a load that ran its course. */
export function cutShortAt({ events, end, latestAt }: Pick<RunLog, 'events' | 'end' | 'latestAt'>): number | undefined {
  if (end?.outcome === 'finished') return undefined;
  const stop = events.find(({ name }) => STOPS.has(name));
  return stop?.t ?? end?.t ?? latestAt;
}

/** Seconds after which a run is no longer what the model has predicted: it was stopped, or an action changed its table. */
export function comparableUntilSeconds(log: Pick<RunLog, 'events' | 'end' | 'latestAt' | 'actions'>): number | undefined {
  const [first] = log.actions;
  const cut = cutShortAt(log);
  return first === undefined ? cut : Math.min(first.t, cut ?? Number.POSITIVE_INFINITY);
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
