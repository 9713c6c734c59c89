import type { Threshold } from './threshold.ts';

/** Facts of a run that are known before the load starts. */
export interface RunFacts {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly version: string;
  readonly seed: number;
  /** The command line as typed. */
  readonly command: string;
}

export interface ScenarioFacts {
  readonly name: string;
  readonly description: string;
  /** Of `scenario.resolved.yaml`. */
  readonly sha256: string;
  readonly floods: readonly {
    readonly name: string;
    readonly kind: string;
    readonly executor: string;
    /** Only when it is not the kind's usual one. */
    readonly protocol?: 'tcp';
  }[];
  /** Left out when there are none. */
  readonly thresholds?: readonly Threshold[];
}

export interface Environment {
  readonly driver: string;
  readonly rootless: boolean;
  readonly kernel: string;
  readonly node: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** As read in the lab before the load, by full name; those of the client's namespace that shape retransmission included. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly tools: Readonly<Record<string, string>>;
}

/** How the gateway got its capacity. */
export interface Capacity {
  /** The first two are ctload's own doing; of another's gateway it is what was in force there, or unknown. */
  readonly method: 'sysctl' | 'ballast' | 'in-force' | 'unknown';
  /** Why this method, one sentence. */
  readonly why: string;
  /** nf_conntrack_max in force during the run; like all counts here 0 when the method is `unknown`. */
  readonly max: number;
  /** nf_conntrack_buckets in force during the run. */
  readonly buckets: number;
  /** Synthetic entries that take up the rest of the table; 0 with a sysctl lease. */
  readonly ballast: number;
  /** Entries the test may use: max − ballast. */
  readonly effectiveMax: number;
  /** Stale entries put in before the load; they count as entries. */
  readonly prefilled: number;
}

export interface LabFacts {
  readonly capacity: Capacity;
  /** `unknown` for a gateway that ctload has not built. */
  readonly dataplane: string;
  readonly intervalMs: number;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN: 0, then every retransmission. */
  readonly synSchedule: readonly number[];
  /** Inode of the gateway's network namespace, as the kernel log names it. */
  readonly gatewayNetns: number;
}
