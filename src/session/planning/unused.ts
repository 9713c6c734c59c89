import { translates } from '../../model/input/dataplanes.ts';
import { TIMEOUT_NAMES } from '../../model/input/timeouts.ts';
import type { Forwarding } from '../../model/input/tracking.ts';
import { usageError } from '../../platform/errors.ts';
import { loadOn, type PlanInputs } from '../../sizing/node-load.ts';
import type { TrafficFlags } from '../../sizing/traffic.ts';
import type { NodeFlags, PlannedNode } from './planned-node.ts';

interface Given {
  readonly node: NodeFlags;
  readonly traffic: TrafficFlags;
  /** --timeout */
  readonly timeouts: Readonly<Record<string, number>>;
  /** A listing: every timeout may matter to how it is read. */
  readonly table?: object | undefined;
}

/**
 * Refuses flags that have no effect on this plan: a figure that silently ignores a flag misleads.
 * @throws {CtloadError} exit 2 for the first of them.
 */
export function refuseUnused({ node, traffic, timeouts, table }: Given, planned: PlannedNode, setting: PlanInputs): void {
  if (!traffic.rate) {
    if (traffic.lifetimeSeconds !== undefined) throw usageError('--lifetime is for connections of --rate', 'add --rate N');
    if ((traffic.keepaliveRequests ?? 1) > 1) throw usageError('--keepalive-requests is for --rate', 'add --rate N');
  }
  if (planned.inputs === null) refuseWithoutNode(node);
  if (table !== undefined) return;
  if (setting.traffic.entriesPerConnection === 0) return; // nothing has an entry, so no timeout matters
  const idle = Object.keys(timeouts).find((name) => !matters(name, setting));
  if (idle === undefined) return;
  const used = TIMEOUT_NAMES.filter((name) => matters(name, setting));
  throw usageError(
    `--timeout ${idle}: no entry of this load has that timeout`,
    used.length === 0 ? 'leave it out' : `leave it out; what matters here: ${used.join(', ')}`,
  );
}

/** @throws {CtloadError} exit 2 where the gateway gives connections no source port of its own. */
export function refuseDestinations(destinations: number | undefined, { dataplane, ipvs }: Forwarding): void {
  if (destinations === undefined || (translates(dataplane) && ipvs?.conntrack !== false)) return;
  throw usageError(`--destinations: dataplane ${dataplane} does not masquerade, so source ports are no limit`, 'leave it out');
}

/** Only the table is known then, and it is taken as given. */
function refuseWithoutNode({ kubeProxyVersion, kubeProxyFile, hashsize, bits }: NodeFlags): void {
  const flags = [
    ...(kubeProxyFile === undefined ? [] : ['--kube-proxy-config']),
    ...(kubeProxyVersion === undefined ? [] : ['--kube-proxy-version']),
    ...(hashsize === undefined ? [] : ['--hashsize']),
    ...(bits === 64 ? [] : ['--bits']),
  ];
  const [first] = flags;
  if (first !== undefined) {
    throw usageError(`${first} needs a node to apply to`, 'add --cores N --memory 8Gi, --instance-type or --here');
  }
}

/** Whether any figure of the load changes with the timeout. */
function matters(name: string, setting: PlanInputs): boolean {
  const under = (seconds: number) => JSON.stringify(loadOn({ ...setting, timeouts: { ...setting.timeouts, [name]: seconds } }));
  const now = setting.timeouts[name] ?? 1;
  return under(now) !== under(2 * now + 7);
}
