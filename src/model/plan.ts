import type { NodeLimit } from './node/limit.ts';
import type { EntryState, Stream } from './traffic.ts';

/** The node a plan is for. */
export interface PlanNode {
  /** Where it comes from: an instance type, flags, this machine, a scenario. */
  readonly source: string;
  readonly instanceType: string | null;
  readonly cores: number | null;
  /** What the machine is sold with; null when only MemTotal is known. */
  readonly memoryBytes: number | null;
  readonly memTotalBytes: number | null;
  readonly kernel: string | null;
  readonly kubeProxyVersion: string | null;
}

/** What limit a node has, by other releases of kube-proxy than the one asked for. */
export interface Reading {
  readonly kubeProxy: string;
  readonly policy: NodeLimit['policy'];
  readonly max: number;
  readonly buckets: number;
}

/** What the load does to the table of one node. Entries; seconds. */
export interface PlanLoad {
  /** In the steady state, every entry gone as it expires: rate × (lifetime + timeout), the textbook. */
  readonly entries: number;
  readonly byState: Readonly<Partial<Record<EntryState, number>>>;
  /** entries ÷ max. */
  readonly utilization: number;
  /** Just before the kernel's garbage collector comes by, when what has expired since its last round still counts. */
  readonly peakEntries: number;
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
  readonly knob: string;
  readonly unit: string;
  readonly value: number;
  /** Peak utilization with half and twice the value. */
  readonly halved: number;
  readonly doubled: number;
  /** Value at which the table is just full; null when no value between a millionth and a million times is. */
  readonly breaksAt: number | null;
}

/** The least that holds the load and leaves the wanted headroom. */
export interface Recommendation {
  readonly max: number;
  readonly buckets: number;
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
  readonly kubeProxy: { readonly maxPerCore: number; readonly min: number };
  /** Karpenter requirements that keep types out whose limit is too small; empty when none is. */
  readonly nodePool: readonly Requirement[];
}

/** One of a NodePool's `spec.template.spec.requirements` (karpenter.sh/v1). */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Gt';
  readonly values: readonly string[];
}

/** One of several instance types that were asked about. */
export interface TypeLimit extends Omit<NodeLimit, 'steps'> {
  readonly instanceType: string;
  readonly cores: number;
  readonly memBytes: number;
  readonly utilization: number;
  readonly peakUtilization: number;
  readonly holds: boolean;
  readonly keepsHeadroom: boolean;
  readonly safeRate: number | null;
}

/** What a run measured that the plan uses in place of the model. */
export interface Calibration {
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
  readonly quantity: string;
  readonly predicted: number | null;
  readonly measured: number | null;
  /** measured ÷ predicted − 1. */
  readonly deviation: number | null;
  readonly ok: boolean;
  /** Name of what makes the difference, when there is one that matters: gc lag, early drop, … */
  readonly explanation: string | null;
}

export interface Verification {
  readonly folder: string;
  readonly max: number;
  readonly buckets: number;
  /** Rate of the scaled-down load ÷ that of the plan's. */
  readonly rateScale: number;
  readonly rows: readonly Verified[];
  readonly notes: readonly string[];
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
  readonly version: string;
  readonly createdAt: string;
  readonly command: string;
  readonly assumptions: readonly string[];
  readonly node: PlanNode;
  readonly limit: NodeLimit;
  readonly readings: readonly Reading[];
  readonly limits: readonly TypeLimit[];
  readonly headroom: number;
  readonly traffic: readonly Stream[];
  readonly entriesPerConnection: number;
  readonly timeouts: Readonly<Record<string, number>>;
  readonly load: PlanLoad;
  readonly sensitivity: readonly Sensitivity[];
  readonly recommend: Recommendation;
  readonly alerts: AlertPlan;
  readonly calibration: Calibration | null;
  readonly verification: Verification | null;
  readonly paste: PasteFiles;
}
