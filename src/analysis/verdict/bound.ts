import type { Reason } from '../../model/result/findings.ts';
import type { BreakingPoint, JudgedVerdict } from '../../model/result/summary.ts';
import type { BallastEffects } from '../../model/timeline/capacity.ts';
import type { RunLog } from '../log/run-log.ts';
import { clockBounds } from './clock-bound.ts';
import { endedEarly } from './early-ends.ts';
import { gapBefore, longestGap } from './record-gap.ts';

/** A verdict before it is asked how exact it is. */
export type UnboundVerdict = Omit<JudgedVerdict, 'bound'>;

export interface BoundInputs {
  readonly log: Pick<RunLog, 'meta' | 'tables' | 'loads' | 'clock' | 'actions'>;
  /** The earliest break; undefined when the table did not break. */
  readonly point: BreakingPoint | undefined;
}

/**
 * Says of a verdict how exact it is. A table broke no earlier than measured where ballast made it break sooner, and no later
 * where entries were gone early or samples are missing, and one or the other where the gateway's clock went wrong; where both are true, nothing is known. A table that held with ballast
 * would have held without, unless entries were gone early.
 */
export function withBound(verdict: UnboundVerdict, { log, point }: BoundInputs): JudgedVerdict {
  if (point === undefined) return boundOfRest(verdict, log);
  const clock = clockBounds(log.clock, point.atSeconds);
  const noEarlier = [...clock.noEarlier, ...sooner(log.meta.lab.ballastEffects, point.atSeconds)];
  const noLater = [...clock.noLater, ...later(log, point)];
  const bounds = [...new Set([...noLater, ...noEarlier])];
  if (bounds.length === 0) return { ...verdict, bound: null };
  if (verdict.kind !== 'broke') return { ...verdict, bound: null, reasons: [...verdict.reasons, ...bounds] };
  const exact = verdict.validity === 'valid';
  const judged: UnboundVerdict = {
    ...verdict,
    validity: exact ? 'inconclusive' : verdict.validity,
    reasons: exact ? [...bounds, ...verdict.reasons] : [...verdict.reasons, ...bounds],
  };
  if (noLater.length > 0 && noEarlier.length > 0) return { ...judged, kind: 'inconclusive', bound: null };
  return { ...judged, bound: noLater.length > 0 ? 'no-later' : 'no-earlier' };
}

/** A verdict without a break. */
function boundOfRest(verdict: UnboundVerdict, log: BoundInputs['log']): JudgedVerdict {
  if (verdict.kind !== 'held') return { ...verdict, bound: null };
  const early = endedEarly(log, Number.POSITIVE_INFINITY);
  if (early !== undefined) {
    const reasons: Reason[] = [{ code: 'entries-ended-early', figures: { ...early, held: true } }, ...verdict.reasons];
    return { ...verdict, kind: 'inconclusive', validity: 'inconclusive', bound: null, reasons };
  }
  const effects = log.meta.lab.ballastEffects;
  const harder = effects !== undefined && (effects.expiresFromSeconds !== null || effects.evictableFromSeconds !== null);
  const gap = longestGap(log.tables.gateway.samples, log.meta.lab.intervalMs);
  const notes: Reason[] = [
    ...(harder ? [{ code: 'held-with-ballast', figures: {} } as const] : []),
    ...(gap === undefined ? [] : [{ code: 'peak-uncertain', figures: gap } as const]),
  ];
  return { ...verdict, bound: null, reasons: [...verdict.reasons, ...notes] };
}

/** Why the table may have broken sooner than one of its size, at `at`, or when such a one would not have. */
function sooner(effects: BallastEffects | undefined, at: number): Reason[] {
  const { expiresFromSeconds = null, evictableFromSeconds = null } = effects ?? {};
  const found: Reason[] = [];
  if (expiresFromSeconds !== null && expiresFromSeconds < at) {
    found.push({ code: 'ballast-delays-expiry', figures: { fromSeconds: expiresFromSeconds, atSeconds: at } });
  }
  if (evictableFromSeconds !== null && evictableFromSeconds <= at) {
    found.push({ code: 'ballast-prevents-eviction', figures: { atSeconds: at } });
  }
  return found;
}

/** Why the table may have broken later than it would have, or seems to have. */
function later({ meta, tables, loads, actions }: BoundInputs['log'], point: BreakingPoint): Reason[] {
  const { samples } = tables.gateway;
  const gap = gapBefore(samples, point.atSeconds, meta.lab.intervalMs);
  const { firstFailureAtSeconds: first } = point;
  const felt = gap !== undefined && first !== null && first < gap.toSeconds ? first : null;
  const early = endedEarly({ meta, tables, loads, actions }, gap?.fromSeconds ?? lastBefore(samples, point.atSeconds));
  return [
    ...(gap === undefined ? [] : [{ code: 'samples-missing', figures: { ...gap, firstAffectedSeconds: felt } } as const]),
    ...(early === undefined ? [] : [{ code: 'entries-ended-early', figures: { ...early, held: false } } as const]),
  ];
}

/** Time of the last sample before the one at `at`. From then on a full table may evict its own entries. */
function lastBefore(samples: RunLog['tables']['gateway']['samples'], at: number): number {
  let last = 0;
  for (const { t } of samples) {
    if (t >= at) break;
    last = t;
  }
  return last;
}
