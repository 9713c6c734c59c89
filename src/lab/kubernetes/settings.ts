import type { Capacity } from '../../model/timeline/capacity.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { BUCKETS_SYSCTL, MAX_SYSCTL } from '../host/limits.ts';

/** The node's own limits, which stay as they are. @throws {CtloadError} exit 112 when the node has no table, or one without a limit. */
export function capacityIn(sysctls: Readonly<Record<string, string>>, node: string): Capacity {
  const max = Number(sysctls[MAX_SYSCTL] ?? 0);
  const buckets = Number(sysctls[BUCKETS_SYSCTL] ?? 0);
  if (max === 0 || buckets === 0) {
    throw new CtloadError(
      `the node ${node} ${buckets === 0 ? 'has no nf_conntrack' : 'has nf_conntrack_max 0: its table has no limit'}`,
      { hint: 'choose another node with lab.kubernetes.clients.nodeSelector', exitCode: ExitCode.hostUnfit },
    );
  }
  const why = `as found on node ${node}, including other entries there`;
  return { method: 'in-force', why, max, buckets, ballast: 0, effectiveMax: max, prefilled: 0 };
}
