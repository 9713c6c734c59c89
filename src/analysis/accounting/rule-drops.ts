import type { Accounting } from '../../model/result/summary.ts';
import type { RunLog } from '../log/run-log.ts';
import { TOLERANCE } from './tolerance.ts';

/**
 * Whether the user's own rules account for everything that clients lost beyond the table's drops, within the tolerance: no other
 * packet is missing, and the rules dropped none that nobody missed, but for later segments, which are retransmitted as well.
 */
export function rulesAccountForLosses(
  { kernelDrops, explainedByClients, ruleDropped, laterRetransmissions }: Accounting,
  ruleDrops: RunLog['ruleDrops'],
): boolean {
  if (ruleDrops === undefined || ruleDropped === 0) return false;
  const unexplained = explainedByClients - kernelDrops;
  return unexplained <= TOLERANCE * ruleDropped && ruleDrops.packets <= ruleDropped * (1 + TOLERANCE) + laterRetransmissions;
}
