import { enoughBuckets } from '../../model/node/hash-chains.ts';
import type { Reason } from '../../model/result/findings.ts';
import type { Accounting, BreakingPoint } from '../../model/result/summary.ts';
import { type FailureCause, TABLE_CAUSES } from '../../model/timeline/attempt.ts';
import type { Evictions } from '../accounting/evictions.ts';
import type { PortRefusals } from '../accounting/port-refusals.ts';
import type { Refusals } from '../accounting/refusals.ts';
import type { AwaitedEvictions } from '../breaking-point/awaited-evictions.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { FullChains } from '../breaking-point/full-chains.ts';
import type { SpentPorts } from '../breaking-point/spent-ports.ts';
import type { AttributedLosses } from '../causes/attribution.ts';
import type { RunLog } from '../log/run-log.ts';

/** The ways in which a table can break. */
export interface TableBreaks {
  readonly firstDrop: FirstDrop | undefined;
  readonly awaitedEvictions: AwaitedEvictions | undefined;
  readonly fullChains: FullChains | undefined;
  readonly spentPorts: SpentPorts | undefined;
}

/** The earliest break; undefined when the table did not break. */
export function earliestBreak(breaks: TableBreaks): BreakingPoint | undefined {
  const { firstDrop, awaitedEvictions, fullChains, spentPorts } = breaks;
  const found = [firstDrop?.point, awaitedEvictions?.point, fullChains?.point, spentPorts?.point];
  const points = found.filter((point) => point !== undefined);
  return points.sort((a, b) => a.atSeconds - b.atSeconds)[0];
}

/** Which of the table's causes most attempts felt; of a table that only lost what no client misses, which lost more. */
export function tableCause(
  { failed, delayed }: AttributedLosses,
  { kernelDrops, chainRefused, clashDropped }: Accounting,
): FailureCause {
  const felt = (cause: FailureCause) => (failed[cause] ?? 0) + (delayed[cause] ?? 0);
  const most = [...TABLE_CAUSES].sort((a, b) => felt(b) - felt(a))[0] ?? 'conntrack-full';
  if (felt(most) > 0) return most;
  if (clashDropped > Math.max(kernelDrops, chainRefused)) return 'snat-ports-exhausted';
  return chainRefused > kernelDrops ? 'hash-chains-full' : 'conntrack-full';
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

/** What proves that hash chains were too long, and what to do about it; nothing when they were not. */
export function chainProof({ refusals, accounting, log }: ChainProofInputs, fullChains: FullChains | undefined): Reason[] {
  if (fullChains === undefined) return [];
  const { buckets, effectiveMax: capacity, max } = log.meta.lab.capacity;
  const { synRetransmissions, abandoned, halfOpenLost, datagramsLost } = accounting;
  const { refused } = refusals;
  const { insertFailed } = log.tables.gateway.totals;
  return [
    { code: 'hash-chains-full', figures: { ...refusals, buckets, capacity } },
    {
      code: 'refusals-accounted-for',
      figures: { refused, insertFailed, synRetransmissions, abandoned, halfOpenLost, datagramsLost },
    },
    { code: 'more-buckets', figures: { buckets, enough: enoughBuckets(max) } },
  ];
}

export interface ChainProofInputs {
  readonly refusals: Refusals;
  readonly accounting: Accounting;
  readonly log: Pick<RunLog, 'meta' | 'tables'>;
}

/** What proves that the gateway had no source port left, and what to do about it; nothing when it had. */
export function portProof({ portRefusals, accounting, log }: PortProofInputs, spentPorts: SpentPorts | undefined): Reason[] {
  if (spentPorts === undefined) return [];
  const { packets: refused, fromSeconds, entries, ports } = portRefusals;
  const { synRetransmissions, abandoned, halfOpenLost, datagramsLost } = accounting;
  const { peakEntries, peakCapacity: capacity, totals } = log.tables.gateway;
  const { insertFailed } = totals;
  return [
    { code: 'snat-ports-exhausted', figures: { refused, fromSeconds, entries, ports, peakEntries, capacity } },
    {
      code: 'clashes-accounted-for',
      figures: { refused, insertFailed, synRetransmissions, abandoned, halfOpenLost, datagramsLost },
    },
    { code: 'more-source-ports', figures: { ports } },
  ];
}

export interface PortProofInputs {
  readonly portRefusals: PortRefusals;
  readonly accounting: Accounting;
  readonly log: Pick<RunLog, 'tables'>;
}
