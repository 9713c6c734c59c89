import type { NodeLimit } from '../node/limit.ts';
import type { EntryState, Stream } from '../node/traffic.ts';

/** The node a plan is for. */
export interface PlanNode {
  /** Where it comes from: an instance type, flags, this machine, a scenario. */
  readonly source: string;
  /** EC2 instance type, e.g. `m5.large`; null when none was named. */
  readonly instanceType: string | null;
  /** Virtual CPUs; null when they are not known. */
  readonly cores: number | null;
  /** What the machine is sold with; null when only MemTotal is known. */
  readonly memoryBytes: number | null;
  /** MemTotal of /proc/meminfo, bytes, read, given or estimated; null when it is not known. */
  readonly memTotalBytes: number | null;
  /** Version of the kernel, e.g. `6.1`; null when it is not known. */
  readonly kernel: string | null;
  /** Its release, e.g. `1.29`; null: no kube-proxy. */
  readonly kubeProxyVersion: string | null;
}

/** What limit a node has, by other releases of kube-proxy than the one asked for. */
export interface KubeProxyVariant {
  /** Releases of kube-proxy, e.g. `1.29 to 1.35`, or `none`. */
  readonly kubeProxy: string;
  readonly policy: NodeLimit['policy'];
  /** nf_conntrack_max in force, entries. */
  readonly max: number;
  /** nf_conntrack_buckets in force. */
  readonly buckets: number;
}

/** What the load does to the table of one node. Entries; seconds. */
export interface PlanLoad {
  /** In the steady state, every entry gone as it expires: rate × (lifetime + timeout), the textbook. */
  readonly entries: number;
  /** `entries` by the state they are in. */
  readonly byState: Readonly<Partial<Record<EntryState, number>>>;
  /** entries ÷ max. */
  readonly utilization: number;
  /** Just before the kernel's garbage collector comes by, when what has expired since its last round still counts. */
  readonly peakEntries: number;
  /** peakEntries ÷ max. */
  readonly peakUtilization: number;
  /** Seconds by which an expired entry stays counted, in effect. */
  readonly gcLagSeconds: number;
  /** Whether the peak fits into the table. */
  readonly holds: boolean;
  /** Whether it also leaves the wanted headroom. */
  readonly keepsHeadroom: boolean;
  /**
   * Most connections a second, replacing those of the load, beside everything else, that keep the headroom; 0: none, null: any.
   */
  readonly safeRate: number | null;
  /** From an empty table (but for what is held) to a full one; null when it holds. */
  readonly timeToFullSeconds: number | null;
  /** From the end of the load until nothing of it is left in the table. */
  readonly recoverySeconds: number;
  /** From the end of the load until the table has its headroom again; 0 when it never loses it. */
  readonly headroomBackSeconds: number;
  /** Entries that come in each second. */
  readonly newEntriesPerSecond: number;
  /** Share of new SYNs the kernel drops once the table is full: exp(−16·u·N/B). */
  readonly dropShareWhenFull: number;
  /** What goes wrong first when the table is full, one sentence. */
  readonly breaksFirst: string;
}

export interface Sensitivity {
  /** What can be turned, e.g. `requests rate` or a timeout. */
  readonly knob: string;
  /** Of `value` and `breaksAt`. */
  readonly unit: string;
  /** As it is. */
  readonly value: number;
  /** Peak utilization with half the value. */
  readonly halved: number;
  /** Peak utilization with twice the value. */
  readonly doubled: number;
  /** Value at which the table is just full; null when no value between a millionth and a million times is. */
  readonly breaksAt: number | null;
}

/** The least that holds the load and leaves the wanted headroom. */
export interface Recommendation {
  /** nf_conntrack_max, entries. */
  readonly max: number;
  /** nf_conntrack_buckets. */
  readonly buckets: number;
  /** Kernel memory of that table when it is full, bytes. */
  readonly memoryBytes: number;
  /** Share of the node's usable memory; null when that is not known. */
  readonly memoryShare: number | null;
  /**
   * Seconds by short timeout name: each alone is enough with the limit as it is. Empty when none is needed, or none is enough.
   */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Of the types asked about those that hold; else the smallest of the catalogue that do. */
  readonly instanceTypes: readonly string[];
  /** Of the types asked about, those that do not. */
  readonly tooSmall: readonly string[];
  /** kube-proxy fields that give every node the recommended max. */
  readonly kubeProxy: {
    /** Entries for each core. */
    readonly maxPerCore: number;
    /** Entries at least. */
    readonly min: number;
  };
  /** Karpenter requirements that keep types out whose limit is too small; empty when none is. */
  readonly nodePool: readonly Requirement[];
}

/** One of a NodePool's `spec.template.spec.requirements` (karpenter.sh/v1). */
export interface Requirement {
  /** Label of the node, e.g. `node.kubernetes.io/instance-type`. */
  readonly key: string;
  /** As in Kubernetes. */
  readonly operator: 'In' | 'NotIn' | 'Gt';
  /** What the label is compared with. */
  readonly values: readonly string[];
}

/** One of several instance types that were asked about. */
export interface TypeLimit extends Omit<NodeLimit, 'steps'> {
  /** EC2 instance type, e.g. `m5.large`. */
  readonly instanceType: string;
  /** Virtual CPUs. */
  readonly cores: number;
  /** What the machine is sold with, bytes. */
  readonly memBytes: number;
  /** Entries in the steady state ÷ max. */
  readonly utilization: number;
  /** Entries at the peak ÷ max. */
  readonly peakUtilization: number;
  /** Whether the peak fits into the table. */
  readonly holds: boolean;
  /** Whether it also leaves the wanted headroom. */
  readonly keepsHeadroom: boolean;
  /** Most connections a second in place of those of the load that keep the headroom; 0: none, null: any. */
  readonly safeRate: number | null;
}

/** What a run measured that the plan uses in place of the model. */
export interface Calibration {
  /** Of the run. */
  readonly folder: string;
  /** Entries a connection left, measured ÷ predicted; null when the run does not tell. */
  readonly residue: number | null;
  /** Seconds an expired entry stayed counted at most; null when the run does not tell. */
  readonly gcLagSeconds: number | null;
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** Predicted against measured, of one quantity of the verifying run. */
export interface Verified {
  /** What is compared, with its unit, e.g. `time to full, s`. */
  readonly quantity: string;
  /** By the plan, scaled down. */
  readonly predicted: number | null;
  /** By the run; null: it did not come to that. */
  readonly measured: number | null;
  /** measured ÷ predicted − 1. */
  readonly deviation: number | null;
  /** Whether the deviation is within what is tolerated. */
  readonly ok: boolean;
  /** Name of what makes the difference, when there is one that matters: gc lag, early drop, … */
  readonly explanation: string | null;
}

export interface Verification {
  /** Of the run, with its full record. */
  readonly folder: string;
  /** Entries the run could use. */
  readonly max: number;
  /** nf_conntrack_buckets of the run. */
  readonly buckets: number;
  /** Rate of the scaled-down load ÷ that of the plan's. */
  readonly rateScale: number;
  /** Quantity by quantity. */
  readonly rows: readonly Verified[];
  /** What the run leaves out or does otherwise, one sentence each. */
  readonly notes: readonly string[];
  /** Whether the run is valid and every deviation is tolerated or explained. */
  readonly ok: boolean;
}

export interface AlertPlan {
  /** Minutes the alert should leave. */
  readonly wantedMinutes: number;
  /** Entries a second the table grows by. */
  readonly slope: number;
  /** Utilization at which the alert fires. */
  readonly threshold: number;
  /** Minutes from there to a full table at that slope; null when it does not grow. */
  readonly minutesLeft: number | null;
}

/** Configuration to paste, by file name. */
export type PasteFiles = Readonly<Record<string, string>>;

/** `ctload plan --json`, schema `ctload/plan@1`. Seconds, bytes. Keys are added, never renamed. */
export interface PlanReport {
  readonly schema: 'ctload/plan@1';
  /** Of ctload. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The command line as typed. */
  readonly command: string;
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
  readonly node: PlanNode;
  readonly limit: NodeLimit;
  /** The same node under every rule kube-proxy has had; empty when its limit is not a computed one. */
  readonly readings: readonly KubeProxyVariant[];
  /** Every instance type that was asked about; empty for a single one. */
  readonly limits: readonly TypeLimit[];
  /** Share of the table that is to stay free. */
  readonly headroom: number;
  /** The load, stream by stream, before peakFactor and replicas. */
  readonly traffic: readonly Stream[];
  /** Entries a connection makes in the table. */
  readonly entriesPerConnection: number;
  /** Seconds by short name, e.g. `tcp_time_wait`; the kernel's for those not named. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly load: PlanLoad;
  /** What half and twice of everything that matters does. */
  readonly sensitivity: readonly Sensitivity[];
  readonly recommend: Recommendation;
  /** When to be warned. */
  readonly alerts: AlertPlan;
  /** null: the model alone. */
  readonly calibration: Calibration | null;
  /** null: not asked for. */
  readonly verification: Verification | null;
  /** Configuration by file name. */
  readonly paste: PasteFiles;
}
