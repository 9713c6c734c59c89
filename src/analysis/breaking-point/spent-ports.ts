import type { Accounting, BreakingPoint } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { PortRefusals } from '../accounting/port-refusals.ts';
import { TOLERANCE } from '../accounting/tolerance.ts';
import { firstAffected } from '../log/load.ts';
import { type PointInputs, pointAt } from './breaking-point.ts';

/** A gateway that had no source port left for new connections. */
export interface SpentPorts {
  readonly point: BreakingPoint;
}

type CountsByCause = Readonly<Partial<Record<FailureCause, number>>>;

export type SpentPortsInputs = PointInputs & {
  readonly portRefusals: PortRefusals;
  readonly accounting: Accounting;
  /** Attempts that failed and that were delayed, by cause. */
  readonly losses: { readonly failed: CountsByCause; readonly delayed: CountsByCause };
};

/**
 * Finds the first packet that masquerade had no port for; undefined unless the packets that were dropped for it are what clients lost,
 * within the tolerance: nothing else lost any, and none was another program's.
 */
export function findSpentPorts(inputs: SpentPortsInputs): SpentPorts | undefined {
  const { portRefusals, accounting, losses, loads } = inputs;
  const { packets, fromSeconds, entries, explained } = portRefusals;
  const { clashDropped, explainedByClients, kernelDrops } = accounting;
  const felt = (losses.failed['snat-ports-exhausted'] ?? 0) + (losses.delayed['snat-ports-exhausted'] ?? 0);
  const unseen = accounting.datagramsLost > 0 && clashDropped > 0;
  if (!explained || (felt === 0 && !unseen)) return undefined;
  if (packets - clashDropped > TOLERANCE * packets || explainedByClients - kernelDrops > TOLERANCE * packets) return undefined;
  return { point: pointAt(inputs, { atSeconds: fromSeconds, entries, firstFailureAtSeconds: firstAffected(loads) }) };
}
