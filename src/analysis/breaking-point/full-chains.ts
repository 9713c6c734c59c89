import type { Accounting, BreakingPoint } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { Refusals } from '../accounting/refusals.ts';
import { firstAffected } from '../log/load.ts';
import { type PointInputs, pointAt } from './breaking-point.ts';

/** A table whose hash chains were too long for new entries. */
export interface FullChains {
  readonly point: BreakingPoint;
}

type CountsByCause = Readonly<Partial<Record<FailureCause, number>>>;

export type FullChainsInputs = PointInputs & {
  readonly refusals: Refusals;
  readonly accounting: Accounting;
  /** Attempts that failed and that were delayed, by cause. */
  readonly losses: { readonly failed: CountsByCause; readonly delayed: CountsByCause };
};

/**
 * Finds the first refused entry; undefined when no client lost a packet by one. For half-open SYNs and datagrams no client waits:
 * there the backend, which never saw them, confirms it.
 */
export function findFullChains(inputs: FullChainsInputs): FullChains | undefined {
  const { refusals, accounting, losses, loads } = inputs;
  const { refused, fromSeconds, entries } = refusals;
  const felt = (losses.failed['hash-chains-full'] ?? 0) + (losses.delayed['hash-chains-full'] ?? 0);
  const unseen = accounting.halfOpenLost + accounting.datagramsLost > 0 && accounting.chainRefused > 0;
  if (refused === 0 || !Number.isFinite(fromSeconds) || (felt === 0 && !unseen)) return undefined;
  return { point: pointAt(inputs, { atSeconds: fromSeconds, entries, firstFailureAtSeconds: firstAffected(loads) }) };
}
