import type { EntryState } from '../../node/entry-life.ts';
import type { NodeLimit } from '../../node/limit.ts';
import type { Stream } from '../../node/traffic.ts';
import type { ObservedLoad, ObservedTable } from '../observed-load.ts';
import type { PlanMetricName } from './plan-metrics.ts';
import type { PlanRemedy } from './plan-remedy.ts';
import type { PlanTarget } from './plan-targets.ts';
import type { SourcePorts } from './source-ports.ts';

/** The node a plan is for. */
export interface PlanNode {
  /** Where the node's figures come from: an instance type, flags, this machine, or a scenario. */
  readonly source: string;
  /** EC2 instance type, e.g. `m5.large`; null if none was named. */
  readonly instanceType: string | null;
  /** Number of virtual CPUs; null if not known. */
  readonly cores: number | null;
  /** Nominal memory of the machine, in bytes; null if only MemTotal is known. */
  readonly memoryBytes: number | null;
  /** MemTotal of /proc/meminfo, in bytes, read, given or estimated; null if not known. */
  readonly memTotalBytes: number | null;
  /** Kernel version, e.g. `6.1`; null if not known. */
  readonly kernel: string | null;
  /** kube-proxy release, e.g. `1.29`; null without kube-proxy. */
  readonly kubeProxyVersion: string | null;
}

/** The limit of the node under other releases of kube-proxy. */
export interface KubeProxyVariant {
  /** kube-proxy releases, e.g. `1.29 to 1.35`, or `none`. */
  readonly kubeProxy: string;
  readonly policy: NodeLimit['policy'];
  /** nf_conntrack_max in force, in entries. */
  readonly max: number;
  /** nf_conntrack_buckets in force. */
  readonly buckets: number;
}

/** What the load does to the table of one node. */
export interface PlanLoad {
  /** Entries in the steady state if each is removed as soon as it expires, the rule of thumb: rate × (lifetime + timeout). */
  readonly entries: number;
  /** The same entries by state. */
  readonly byState: Readonly<Partial<Record<EntryState, number>>>;
  /** Utilization in the steady state: entries ÷ max. */
  readonly utilization: number;
  /** Entries just before the kernel's garbage collector runs, when those that expired since its last round still count. */
  readonly peakEntries: number;
  /** Utilization at the peak: peakEntries ÷ max. */
  readonly peakUtilization: number;
  /** Seconds for which an expired entry effectively stays counted. */
  readonly gcLagSeconds: number;
  /** Whether the peak fits into the table. */
  readonly holds: boolean;
  /** Whether the peak also leaves the requested headroom. */
  readonly keepsHeadroom: boolean;
  /**
   * Highest rate, in connections per second, that keeps the headroom if it replaces the load's own rate and everything else is
   * unchanged; 0: none does, null: any does.
   */
  readonly safeRate: number | null;
  /** Seconds from a table that holds only held connections to a full one; null if the load fits. */
  readonly timeToFullSeconds: number | null;
  /** Seconds from the end of the load until none of its entries is left in the table. */
  readonly recoverySeconds: number;
  /** Seconds from the end of the load until the table has its headroom again; 0 if it never lost it. */
  readonly headroomBackSeconds: number;
  /** New entries per second. */
  readonly newEntriesPerSecond: number;
  /** Share of new SYNs that the kernel drops when the table is full: exp(−16·u·N/B). */
  readonly dropShareWhenFull: number;
  /**
   * `holds`: the peak fits into the table. `evicts`: it does not, but the full table only evicts unreplied flows, for which no client
   * waits. `breaks`: new connections are lost, because the table is full or its hash chains are too long.
   */
  readonly outcome: 'holds' | 'evicts' | 'breaks';
  /** Share of new connections that the kernel refuses at the peak because hash chains are too long; 0 below a millionth. */
  readonly chainRefusedShare: number;
  /** One sentence on what fails first when the table is full. */
  readonly breaksFirst: string;
}

type OrNull<T> = { readonly [Key in keyof T]: T[Key] | null };

/** The load of a plan, with what a listing shows of it; null where there is no listing. */
export interface LoadOfPlan extends PlanLoad, OrNull<ObservedLoad> {
  /** Absent without --destinations. */
  readonly sourcePorts?: SourcePorts;
}

/** How the peak depends on one input. */
export interface Sensitivity {
  /** Input that is varied, e.g. `requests rate` or a timeout. */
  readonly knob: string;
  /** Unit of `value` and `breaksAt`. */
  readonly unit: string;
  /** Current value. */
  readonly value: number;
  /** Peak utilization with half the value. */
  readonly halved: number;
  /** Peak utilization with twice the value. */
  readonly doubled: number;
  /** Value at which the table is just full; null if no value from a millionth to a million times the current one is. */
  readonly breaksAt: number | null;
}

/** Smallest settings that hold the load and leave the requested headroom. */
export interface Recommendation {
  /** Recommended nf_conntrack_max, in entries. */
  readonly max: number;
  /** Recommended nf_conntrack_buckets. */
  readonly buckets: number;
  /** Kernel memory of the recommended table when it is full, in bytes. */
  readonly memoryBytes: number;
  /** The same as a share of the node's usable memory; null if that is not known. */
  readonly memoryShare: number | null;
  /**
   * Timeouts in seconds, by short name, each of which alone is enough with the current limit. Empty if none is needed or none is
   * enough.
   */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Instance types that hold the load: of those asked about, or else the smallest of the catalogue. */
  readonly instanceTypes: readonly string[];
  /** Instance types asked about that do not hold the load. */
  readonly tooSmall: readonly string[];
  /** kube-proxy fields that give every node the recommended maximum. */
  readonly kubeProxy: {
    /** Entries per core. */
    readonly maxPerCore: number;
    /** Lowest number of entries. */
    readonly min: number;
  };
  /** Karpenter requirements that exclude instance types whose limit is too small; empty if none is. */
  readonly nodePool: readonly Requirement[];
}

/** One of a NodePool's `spec.template.spec.requirements` (karpenter.sh/v1). */
export interface Requirement {
  /** Node label, e.g. `node.kubernetes.io/instance-type`. */
  readonly key: string;
  /** Operator of the requirement, as in Kubernetes. */
  readonly operator: 'In' | 'NotIn' | 'Gt';
  /** Values that the label is compared with. */
  readonly values: readonly string[];
}

/** One of several instance types asked about, with what the load does to its table. */
export interface TypeLimit extends Omit<NodeLimit, 'steps'>, Omit<PlanLoad, 'byState' | 'breaksFirst'> {
  /** EC2 instance type, e.g. `m5.large`. */
  readonly instanceType: string;
  /** Number of virtual CPUs. */
  readonly cores: number;
  /** Nominal memory of the machine, in bytes. */
  readonly memBytes: number;
}

/** What a run measured, used by the plan instead of the model. */
export interface Calibration {
  /** Folder of the run. */
  readonly folder: string;
  /** Entries per connection, measured ÷ predicted; null if the run does not show it. */
  readonly residue: number | null;
  /** Longest time, in seconds, that an expired entry stayed counted; null if the run does not show it. */
  readonly gcLagSeconds: number | null;
  /** Notes on the calibration, one sentence each. */
  readonly notes: readonly string[];
}

/** One quantity of the verification run, predicted and measured. */
export interface Verified {
  /** Quantity with its unit, e.g. `time to full, s`. */
  readonly quantity: string;
  /** Value predicted by the plan, scaled down; null if it is not expected to occur. */
  readonly predicted: number | null;
  /** Value measured by the run; null if it did not occur. */
  readonly measured: number | null;
  /** Relative deviation: measured ÷ predicted − 1; null if one of them is. */
  readonly deviation: number | null;
  /** Whether the deviation is within tolerance. */
  readonly ok: boolean;
  /** Short name of what explains the deviation, e.g. gc lag or early drop; null if nothing needs explaining. */
  readonly explanation: string | null;
}

export interface Verification {
  /** Folder of the verification run, with its full recording. */
  readonly folder: string;
  /** Entries available to the run. */
  readonly max: number;
  /** nf_conntrack_buckets of the run. */
  readonly buckets: number;
  /** Rate of the scaled-down load ÷ rate of the planned load. */
  readonly rateScale: number;
  /** Quantities, predicted and measured. */
  readonly rows: readonly Verified[];
  /** What the run omits or does differently, one sentence each. */
  readonly notes: readonly string[];
  /** Whether the run is valid and every deviation is within tolerance or explained. */
  readonly ok: boolean;
}

export interface AlertPlan {
  /** Minutes of warning that were requested. */
  readonly wantedMinutes: number;
  /** Entries per second by which the table grows. */
  readonly slope: number;
  /** Utilization at which the alert fires. */
  readonly threshold: number;
  /** Minutes from that threshold to a full table at that slope; null if the table does not grow. */
  readonly minutesLeft: number | null;
}

/** One `--require` of a plan, judged. */
export interface PlanRequirement {
  /** The requirement as typed, e.g. `limit>=baseline`. */
  readonly expression: string;
  /** Metric, e.g. `peak_utilization`. */
  readonly metric: PlanMetricName;
  /** Instance type that it is about; null if the plan is for one node. */
  readonly instanceType: string | null;
  /** Value in this plan; null if it has no bound: any rate is safe, or the table never fills. */
  readonly observed: number | null;
  /** Value that it is compared with; null if that has no bound. */
  readonly limit: number | null;
  /** Whether the requirement is met. */
  readonly ok: boolean;
}

/** Configuration files to paste, by file name. */
export type PasteFiles = Readonly<Record<string, string>>;

/** What `--write` added for one place. */
export interface PlanWrite {
  /** Where the files set the limit, e.g. `aks`. */
  readonly target: PlanTarget;
  /** Names of the files in `paste`. */
  readonly files: readonly string[];
  /** What is to be known of files that cannot hold comments, one sentence each. */
  readonly remarks: readonly string[];
}

/** What `ctload plan --json` prints, schema `ctload/plan@1`. Times are seconds, sizes bytes. Keys are added, never renamed. */
export interface PlanReport {
  readonly schema: 'ctload/plan@1';
  /** ctload version. */
  readonly version: string;
  /** Time at which the plan was made, ISO 8601, UTC. */
  readonly createdAt: string;
  /** Command line as typed. */
  readonly command: string;
  /** Assumptions of the plan, one sentence each. */
  readonly assumptions: readonly string[];
  readonly node: PlanNode;
  readonly limit: NodeLimit;
  /** The limit of the same node under every rule that kube-proxy has had; empty if the limit is not computed. */
  readonly readings: readonly KubeProxyVariant[];
  /** Every instance type asked about; empty if there is only one. */
  readonly limits: readonly TypeLimit[];
  /** Share of the table to keep free. */
  readonly headroom: number;
  /** The load, stream by stream, before peakFactor and replicas are applied. */
  readonly traffic: readonly Stream[];
  /** Entries per connection in the table. */
  readonly entriesPerConnection: number;
  /** Conntrack timeouts in seconds, by short name, e.g. `tcp_time_wait`; the kernel's defaults for those not named. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly load: LoadOfPlan;
  /** The listing that the load was estimated from; null without one. */
  readonly table: ObservedTable | null;
  /** Peak utilization with half and twice of every input that matters. */
  readonly sensitivity: readonly Sensitivity[];
  readonly recommend: Recommendation;
  /**
   * What would hold the load with the headroom, the least intrusive first, and then the dataplanes that would not; empty if the load
   * keeps the headroom as it is.
   */
  readonly remedies: readonly PlanRemedy[];
  /** Threshold of the alert that gives the requested warning. */
  readonly alerts: AlertPlan;
  /** Calibration from a run; null if the plan uses the model alone. */
  readonly calibration: Calibration | null;
  /** Verification on a real kernel; null if it was not requested. */
  readonly verification: Verification | null;
  /** Every `--require`, for every instance type; empty if none was given. */
  readonly requirements: readonly PlanRequirement[];
  /** What `--write` added to `paste`; empty without it. */
  readonly writes: readonly PlanWrite[];
  /** Configuration by file name. */
  readonly paste: PasteFiles;
}
