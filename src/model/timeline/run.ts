import type { LabFamily } from '../input/address-family.ts';
import type { BackendSpec } from '../input/backend.ts';
import type { Masquerade } from '../input/dataplanes.ts';
import type { Threshold } from '../input/threshold.ts';
import type { Tracking } from '../input/tracking.ts';
import type { BallastEffects, Capacity } from './capacity.ts';
import type { ClientFacts, GatewayFacts } from './gateways.ts';
import type { CrossedNode } from './nodes.ts';
import type { ProxyFacts } from './proxy.ts';
import type { RuleFacts } from './rules.ts';
import type { Visibility } from './visibility.ts';

/** Facts about a run that are known before the load starts. */
export interface RunIdentity {
  /** Run id, part of the name of everything that the run creates. */
  readonly id: string;
  /** Start of the run, ISO 8601, UTC. */
  readonly startedAt: string;
  /** ctload version. */
  readonly version: string;
  /** Seed of random arrivals. */
  readonly seed: number;
  /** Command line as typed. */
  readonly command: string;
}

export interface ScenarioFacts {
  /** Name of the scenario. */
  readonly name: string;
  /** Description of the scenario; empty if it has none. */
  readonly description: string;
  /** SHA-256 of `scenario.resolved.yaml`, in hexadecimal. */
  readonly sha256: string;
  /** Floods, in the order of the scenario. */
  readonly floods: readonly {
    /** Name of the flood: its key in the scenario. */
    readonly name: string;
    /** Kind of the flood: `short`, `long`, `stale`, `half-open`, `udp` or `dns`. */
    readonly kind: string;
    /** Executor that schedules the attempts. */
    readonly executor: string;
    /** Protocol, if it is not the usual one of the kind. */
    readonly protocol?: 'tcp';
    /** HTTP client, if it is not ctload's own. */
    readonly client?: 'undici';
    /** Requests on each connection, if there may be more than one. */
    readonly requestsPerConnection?: number;
    /** Number of destinations that its connections go to, if it is not all of the lab's. */
    readonly destinations?: number;
    /** Time limit for an answer to a datagram, in seconds; absent where none is waited for, and in records of earlier versions. */
    readonly answerTimeoutSeconds?: number;
  }[];
  /** How the backend answers. Absent if the backend is not ctload's, and in records of earlier versions. */
  readonly backend?: BackendSpec;
  /** Pass criteria; absent if there are none. */
  readonly thresholds?: readonly Threshold[];
}

/** A machine of the lab besides the one that ctload runs on. */
export interface MachineFacts {
  /** Kernel release. */
  readonly kernel: string;
  /** Number of CPU cores. */
  readonly cpus: number;
  /** Memory (MemTotal), in bytes. */
  readonly memoryBytes: number;
  /** Id of this boot of its kernel. */
  readonly bootId: string;
  /** nf_conntrack_max that its kernel chose by itself; absent if it was not read. */
  readonly defaultMax?: number;
  /** nf_conntrack_buckets that its kernel chose by itself; absent if it was not read. */
  readonly defaultBuckets?: number;
  /** What runs it, e.g. `QEMU, TCG`; absent if that is not known. */
  readonly virtualization?: string;
}

export interface Environment {
  /** Driver that built the lab: `netns`, `docker`, `vm` or `external`. */
  readonly driver: string;
  /** Whether the lab ran in a user namespace, without rights outside of it. */
  readonly rootless: boolean;
  /** Kernel release of the machine that ctload runs on, e.g. `6.1.0-18-amd64`. */
  readonly kernel: string;
  /** Node.js version. */
  readonly node: string;
  /** Number of CPU cores of the machine. */
  readonly cpus: number;
  /** Memory of the machine, in bytes. */
  readonly memoryBytes: number;
  /** Other machines of the lab by name, each with a kernel of its own: `gateway`. Absent if there are none. */
  readonly machines?: Readonly<Record<string, MachineFacts>>;
  /**
   * Sysctls by full name, as read in the lab before the load, those of the client's namespace that shape retransmission
   * included.
   */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Versions of the tools in use, by name. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Names of machines, by host: `main` is the machine that ctload runs on, others are in `environment.machines`. */
export type HostMachines = Readonly<Record<'client' | 'gateway' | 'backend', string>>;

export interface LabFacts {
  /** Of the first gateway, where there are several. */
  readonly capacity: Capacity;
  /** Clients that the load comes from, if there are several. Absent if there is one. */
  readonly clients?: readonly ClientFacts[];
  /** The gateways whose tables are monitored, if there are several. Absent if there is one, or none. */
  readonly gateways?: readonly GatewayFacts[];
  /** What ballast changes for this load. Absent without ballast, and in records of earlier versions. */
  readonly ballastEffects?: BallastEffects;
  /** Dataplane of the gateway, e.g. `iptables`; `unknown` for a gateway that ctload did not build. */
  readonly dataplane: string;
  /** Addresses of the lab. Absent: IPv4. */
  readonly family?: LabFamily;
  /** Which connections the gateway masquerades, where it translates addresses; `outside` in records of earlier versions. */
  readonly masquerade?: Masquerade;
  /** Source ports that the gateway masquerades to, if they are not all that the kernel has. */
  readonly snatPorts?: number;
  /** What a flow of the load has in the gateway's table, where the dataplane's settings say; absent where its name does. */
  readonly tracking?: Tracking;
  /** Rules of the user's own in the gateway. Absent if there are none. */
  readonly rules?: RuleFacts;
  /** The program that is the gateway's proxy. Absent if it has none, or ctload's own. */
  readonly proxy?: ProxyFacts;
  /** Scheduled interval between two samples of the gateway's table, in milliseconds. */
  readonly intervalMs: number;
  /** Offsets, in seconds, at which the client's kernel sends an unanswered SYN: 0, then every retransmission. */
  readonly synSchedule: readonly number[];
  /** Inode of the gateway's network namespace, by which the kernel log names it. */
  readonly gatewayNetns: number;
  /** The nodes of a cluster that the load crosses. Absent with other drivers, and in records of earlier versions. */
  readonly nodes?: readonly CrossedNode[];
  /** Absent in records of earlier versions. */
  readonly visibility?: Visibility;
  /** Names of the machines that the hosts are on. Absent if all are on the one that ctload runs on. */
  readonly hostMachines?: HostMachines;
}
