import type { Reason } from '../../model/result/findings.ts';
import type { BreakingPoint } from '../../model/result/summary.ts';
import { type FailureCause, TABLE_CAUSES } from '../../model/timeline/attempt.ts';
import type { Evictions } from '../accounting/evictions.ts';
import type { AwaitedEvictions } from '../breaking-point/awaited-evictions.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { AttributedLosses } from '../causes/attribution.ts';

/** The ways in which a table can break. */
export interface TableBreaks {
  readonly firstDrop: FirstDrop | undefined;
  readonly awaitedEvictions: AwaitedEvictions | undefined;
}

/** The earliest break; undefined when the table did not break. */
export function earliestBreak({ firstDrop, awaitedEvictions }: TableBreaks): BreakingPoint | undefined {
  const points = [firstDrop?.point, awaitedEvictions?.point].filter((point) => point !== undefined);
  return points.sort((a, b) => a.atSeconds - b.atSeconds)[0];
}

/** Which of the table's causes most attempts felt; a table that only lost what no client misses was full. */
export function tableCause({ failed, delayed }: AttributedLosses): FailureCause {
  const felt = (cause: FailureCause) => (failed[cause] ?? 0) + (delayed[cause] ?? 0);
  return [...TABLE_CAUSES].sort((a, b) => felt(b) - felt(a))[0] ?? 'conntrack-full';
}

/** What proves that evictions hurt clients that were waiting; nothing when they did not. */
export function evictionProof(awaited: AwaitedEvictions | undefined, evictions: Evictions): Reason[] {
  if (awaited === undefined) return [];
  const { failed, delayed } = awaited;
  const { evicted, fromSeconds, datagramsEnded, resetsSent } = evictions;
  return [
    { code: 'awaited-flows-evicted', figures: { evicted, fromSeconds, failed, delayed } },
    { code: 'evictions-accounted-for', figures: { datagramsEnded, resetsSent, affected: failed + delayed } },
  ];
}
