import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { RunLog } from '../log/run-log.ts';
import type { ShareInputs } from './apportion.ts';
import { unanswered, unansweredWhileDropping } from './unanswered.ts';

/** Share of the unanswered attempts that must have been due while the table dropped packets. */
const COINCIDE = 0.9;

/** What a gateway's table dropped of other clients' packets. */
export interface OtherTraffic {
  readonly drops: number;
  /** Share of all drops. */
  readonly share: number;
}

/**
 * A live gateway serves others too: that its table dropped more than this load's clients miss is the rule there, and no
 * contradiction as long as these felt it when it dropped. Undefined where that is not so, and in a lab, whose gateway has no other
 * traffic.
 */
export function otherTrafficOf(
  inputs: ShareInputs & Pick<RunLog, 'meta'> & { readonly firstDrop: FirstDrop | undefined },
): OtherTraffic | undefined {
  const { meta, loads, tables, accounting, reconciliation, firstDrop, scheduleLagMs } = inputs;
  if (meta.lab.capacity.method !== 'in-force' || reconciliation !== 'clients-saw-less') return undefined;
  if (firstDrop === undefined || !firstDrop.confirmed) return undefined;
  const felt = unanswered(loads);
  const met = unansweredWhileDropping(loads, tables.gateway.samples, scheduleLagMs / 1000);
  if (felt === 0 || met < COINCIDE * felt) return undefined;
  const drops = accounting.kernelDrops - accounting.explainedByClients;
  return { drops, share: drops / accounting.kernelDrops };
}
