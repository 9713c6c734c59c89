import type { NodeLimit } from '../../model/node/limit.ts';
import type { ClusterNode, ClusterNodeLoad, NodeTableReading } from '../../model/result/plan/cluster-plan.ts';
import type { KubeProxyVariant } from '../../model/result/plan/plan.ts';
import { loadOn, type PlanInputs } from '../node-load.ts';
import { differencesOf } from './differences.ts';

/** A node with what is computed and read of it. */
export interface SurveyedNode extends Pick<ClusterNode, 'name' | 'cores' | 'memTotalBytes' | 'kernel' | 'kubeProxy'> {
  /** Null where the Node object lacks what the limit depends on. */
  readonly computed: ComputedNode | null;
  /** Or why its table could not be read. */
  readonly read: NodeTableReading | string;
}

export interface ComputedNode {
  readonly limit: NodeLimit;
  /** The limit under the rules of other releases of kube-proxy. */
  readonly readings: readonly KubeProxyVariant[];
  /** The load on a node with that limit. */
  readonly setting: PlanInputs;
}

/**
 * The nodes of a cluster, the nearest to full first: under the load, if there is one. Those whose table was not read come last.
 * @param timeouts that the user has chosen, seconds by short name; for all others the node's own count
 */
export function clusterNodes(nodes: readonly SurveyedNode[], timeouts: Readonly<Record<string, number>> = {}): ClusterNode[] {
  const rows = nodes.map((node) => clusterNode(node, timeouts));
  const [known, unknown] = [rows.filter(isRanked), rows.filter((row) => !isRanked(row))].map((some) =>
    some.toSorted(fullerFirst),
  );
  return [...(known ?? []).map((row, index) => ({ ...row, rank: index + 1 })), ...(unknown ?? [])];
}

function isRanked({ utilization }: ClusterNode): boolean {
  return utilization !== null;
}

function fullerFirst(a: ClusterNode, b: ClusterNode): number {
  return nearness(b) - nearness(a) || (a.name < b.name ? -1 : 1);
}

/** How near to full: under the load, else now. */
function nearness({ load, utilization }: ClusterNode): number {
  return load?.utilizationWithPresent ?? utilization ?? -1;
}

function clusterNode(node: SurveyedNode, timeouts: Readonly<Record<string, number>>): ClusterNode {
  const { name, cores, memTotalBytes, kernel, kubeProxy, computed } = node;
  const read = typeof node.read === 'string' ? null : node.read;
  const limit = computed?.limit ?? null;
  const comparable = read !== null && computed !== null && cores !== null && memTotalBytes !== null;
  return {
    name,
    rank: null,
    cores,
    memTotalBytes,
    kernel,
    kubeProxy,
    computed: limit,
    read,
    unread: typeof node.read === 'string' ? node.read : null,
    agrees: read === null || limit === null ? null : read.max === limit.max,
    differences: comparable
      ? differencesOf({ cores, memTotalBytes, kubeProxy, limit: computed.limit, readings: computed.readings, read })
      : [],
    utilization: read === null || read.max === 0 ? null : read.entries / read.max,
    load: computed === null ? null : loadOf(computed.setting, read, timeouts),
  };
}

function loadOf(
  setting: PlanInputs,
  read: NodeTableReading | null,
  timeouts: Readonly<Record<string, number>>,
): ClusterNodeLoad | null {
  if (setting.traffic.streams.length === 0) return null;
  const table = read === null ? setting.table : { max: read.max, buckets: read.buckets };
  const unlimited = table.max === 0;
  const { peakEntries } = loadOn({
    ...setting,
    table: unlimited ? { ...table, max: Number.MAX_SAFE_INTEGER } : table,
    timeouts: { ...setting.timeouts, ...read?.timeouts, ...timeouts },
  });
  const both = peakEntries + (read?.entries ?? 0);
  const share = (entries: number) => (unlimited ? null : entries / table.max);
  return {
    peakEntries,
    peakUtilization: share(peakEntries),
    entriesWithPresent: both,
    utilizationWithPresent: share(both),
    holds: unlimited || both <= table.max,
    keepsHeadroom: unlimited || both <= table.max * (1 - setting.headroom),
  };
}
