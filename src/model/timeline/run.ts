import type { BackendSpec } from '../input/backend.ts';
import type { Threshold } from '../input/threshold.ts';
import type { Capacity } from './capacity.ts';

/** Facts of a run that are known before the load starts. */
export interface RunFacts {
  /** Names everything the run makes. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of ctload. */
  readonly version: string;
  /** Of random arrivals. */
  readonly seed: number;
  /** The command line as typed. */
  readonly command: string;
}

export interface ScenarioFacts {
  /** As in the scenario. */
  readonly name: string;
  /** As in the scenario; empty when it has none. */
  readonly description: string;
  /** Of `scenario.resolved.yaml`. */
  readonly sha256: string;
  /** In the order of the scenario. */
  readonly floods: readonly {
    /** Its key in the scenario. */
    readonly name: string;
    /** `short`, `long`, `stale`, `half-open` or `udp`. */
    readonly kind: string;
    /** How its attempts are spread over time. */
    readonly executor: string;
    /** Only when it is not the kind's usual one. */
    readonly protocol?: 'tcp';
    /** Who makes the requests, when it is not ctload itself. */
    readonly client?: 'undici';
  }[];
  /** Absent where the backend is not ctload's, and in records of earlier versions. */
  readonly backend?: BackendSpec;
  /** Left out when there are none. */
  readonly thresholds?: readonly Threshold[];
}

export interface Environment {
  /** How the lab was built: `netns`, `docker`, `external`. */
  readonly driver: string;
  /** Whether in a user namespace, without rights outside. */
  readonly rootless: boolean;
  /** Release of the kernel. */
  readonly kernel: string;
  /** Version of Node. */
  readonly node: string;
  /** Cores of the machine. */
  readonly cpus: number;
  /** Memory of the machine, bytes. */
  readonly memoryBytes: number;
  /** As read in the lab before the load, by full name; those of the client's namespace that shape retransmission included. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Versions by name. */
  readonly tools: Readonly<Record<string, string>>;
}

export interface LabFacts {
  readonly capacity: Capacity;
  /** `unknown` for a gateway that ctload has not built. */
  readonly dataplane: string;
  /** Between two samples of the gateway's table, milliseconds. */
  readonly intervalMs: number;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN: 0, then every retransmission. */
  readonly synSchedule: readonly number[];
  /** Inode of the gateway's network namespace, as the kernel log names it. */
  readonly gatewayNetns: number;
}
