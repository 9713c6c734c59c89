import type { NodeLimit } from '../../node/limit.ts';
import type { Stream } from '../../node/traffic.ts';

/** What a pod on a node read there. */
export interface NodeTableReading {
  /** nf_conntrack_max; 0: the table has no limit. */
  readonly max: number;
  /** nf_conntrack_buckets. */
  readonly buckets: number;
  /** Entries in the node's table at that moment. */
  readonly entries: number;
  /** Conntrack timeouts of the node in seconds, by short name, e.g. `tcp_time_wait`. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Number of CPU cores in its /proc/cpuinfo. */
  readonly cores: number;
  /** MemTotal of its /proc/meminfo, in bytes. */
  readonly memTotalBytes: number;
  /** Kernel release. */
  readonly kernel: string;
}

/** What the load does to the table of one node, with the limit as read there, or as computed where none was read. */
export interface ClusterNodeLoad {
  /** Entries of the load alone at its peak, expired ones that the kernel has not removed yet included. */
  readonly peakEntries: number;
  /** Utilization by the load alone: peakEntries ÷ max; null if the table has no limit. */
  readonly peakUtilization: number | null;
  /** peakEntries on top of the entries that are there now; the load alone if these were not read. */
  readonly entriesWithPresent: number;
  /** Utilization by both; null if the table has no limit. */
  readonly utilizationWithPresent: number | null;
  /** Whether both fit into the table. */
  readonly holds: boolean;
  /** Whether both also leave the requested headroom. */
  readonly keepsHeadroom: boolean;
}

/** kube-proxy on one node, as far as the cluster shows it. */
export interface ClusterKubeProxy {
  /** Release that the limit was computed for, e.g. `1.36.3`; null if it was computed without kube-proxy. */
  readonly version: string | null;
  /** Where the release comes from: the image of its pod, the kubelet's own release, or a flag of ctload. */
  readonly versionFrom: 'image' | 'kubelet' | 'flag';
  /** Where its configuration comes from; `assumed`: none was found, so its defaults are taken. */
  readonly configFrom: 'ConfigMap' | 'pod' | 'flag' | 'assumed';
}

/** One node of a cluster. */
export interface ClusterNode {
  /** Name of the Node object. */
  readonly name: string;
  /** 1 is the nearest to full, under the load if there is one; null if its table was not read, or has no limit. */
  readonly rank: number | null;
  /** CPU cores by the Node object; null if it does not say. */
  readonly cores: number | null;
  /** Memory by the Node object, in bytes; null if it does not say. */
  readonly memTotalBytes: number | null;
  /** Kernel release by the Node object. */
  readonly kernel: string;
  readonly kubeProxy: ClusterKubeProxy;
  /** The limit that it should have; null if the Node object lacks what that depends on. */
  readonly computed: NodeLimit | null;
  /** The limit that it has, and what is in its table; null if that could not be read. */
  readonly read: NodeTableReading | null;
  /** Why it could not be read; null if it was. */
  readonly unread: string | null;
  /** Whether nf_conntrack_max as read is as computed; null if one of them is missing. */
  readonly agrees: boolean | null;
  /** Where computed and read differ: what differs, without the node's name, then what may explain it, one sentence each. */
  readonly differences: readonly string[];
  /** Utilization now: entries ÷ max; null if that was not read, or the table has no limit. */
  readonly utilization: number | null;
  /** Null without a load, and where no limit is known. */
  readonly load: ClusterNodeLoad | null;
}

/**
 * What `ctload plan --kube-context NAME --json` prints, schema `ctload/cluster-plan@1`. Times are seconds, sizes bytes. Keys are
 * added, never renamed.
 */
export interface ClusterPlan {
  readonly schema: 'ctload/cluster-plan@1';
  /** ctload version. */
  readonly version: string;
  /** Time at which the plan was made, ISO 8601, UTC. */
  readonly createdAt: string;
  /** Command line as typed. */
  readonly command: string;
  /** Context of the kubeconfig. */
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
  /** Release of the API server, e.g. `v1.36.3`. */
  readonly kubernetes: string;
  /** Assumptions of the plan, one sentence each. */
  readonly assumptions: readonly string[];
  /** Share of the table to keep free. */
  readonly headroom: number;
  /** The load of each node, stream by stream, before peakFactor and replicas are applied; empty without one. */
  readonly traffic: readonly Stream[];
  /** Every Linux node, the nearest to full first, those that could not be read last. */
  readonly nodes: readonly ClusterNode[];
  /** Names of the nodes that do not run Linux, which have no such table. */
  readonly leftOut: readonly string[];
}
