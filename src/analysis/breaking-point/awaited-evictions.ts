import type { BreakingPoint } from '../../model/result/summary.ts';
import { type FailureCause, totalFailed } from '../../model/timeline/attempt.ts';
import type { Evictions } from '../accounting/evictions.ts';
import { type PointInputs, pointAt } from './breaking-point.ts';

/** A full table that evicted flows whose clients were waiting. */
export interface AwaitedEvictions {
  readonly point: BreakingPoint;
  /** Attempts that failed because of it … */
  readonly failed: number;
  /** … and that connected only by a retransmitted SYN. */
  readonly delayed: number;
}

type CountsByCause = Readonly<Partial<Record<FailureCause, number>>>;

export type AwaitedEvictionsInputs = PointInputs & {
  readonly evictions: Evictions;
  /** Attempts that failed and that were delayed, by cause. */
  readonly losses: { readonly failed: CountsByCause; readonly delayed: CountsByCause };
};

/**
 * Finds where evictions began to hurt: the first one since the first affected attempt was due. Undefined when no client that was
 * waiting is known to have lost its flow.
 */
export function findAwaitedEvictions(inputs: AwaitedEvictionsInputs): AwaitedEvictions | undefined {
  const { evictions, losses, loads, tables } = inputs;
  const failed = losses.failed['conntrack-evicted'] ?? 0;
  const delayed = losses.delayed['conntrack-evicted'] ?? 0;
  if (failed + delayed === 0) return undefined;
  const affected = loads
    .filter((load) => load.at > evictions.fromSeconds && totalFailed({ failed: load.failed ?? {} }) + (load.delayed ?? 0) > 0)
    .map((load) => load.firstBadAt ?? load.t);
  const firstFailureAt = affected.reduce((first, t) => Math.min(first, t), Number.POSITIVE_INFINITY);
  let before = 0;
  for (const { t, entries, earlyDrop } of tables.gateway.samples) {
    if (earlyDrop > before && t >= firstFailureAt) {
      const point = pointAt(inputs, { atSeconds: t, entries, firstFailureAtSeconds: firstFailureAt });
      return { point, failed, delayed };
    }
    before = earlyDrop;
  }
  return undefined;
}
