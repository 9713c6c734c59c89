import type { Action } from '../model/input/actions.ts';
import type { LabFamily } from '../model/input/address-family.ts';
import type { Route, Targets } from '../model/input/lab.ts';
import type { ProxyProgram } from '../model/input/proxy.ts';
import type { Scenario } from '../model/input/scenario.ts';
import type { VmSpec } from '../model/input/vm.ts';
import type { CrossedReading } from '../model/result/plan/node-reading.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import type { MachineFacts } from '../model/timeline/run.ts';
import type { Host, Machine } from '../platform/exec.ts';
import type { Log } from '../platform/log.ts';
import type { ListenEndpoints } from './addresses.ts';

/** The hosts of a lab by role. */
export interface Hosts {
  readonly client: Host;
  readonly gateway: Host;
  readonly backend: Host;
}

/** Every host of a lab on which processes run. */
export interface LabHosts extends Hosts {
  /** Where the load comes from, if from several hosts; `client` is the first of them. */
  readonly clients?: readonly Host[];
  /** The machine's own network namespace, where ctload itself is not in it. Its table is monitored, too. */
  readonly machine?: Host;
}

/** One of several gateways that the load crosses, each with a conntrack table of its own. */
export interface LabGateway {
  /** As it is named in records and reports. */
  readonly name: string;
  /** Where its table is read. */
  readonly host: Host;
  readonly capacity: Capacity;
  /** Inode of its network namespace. */
  readonly netns: number;
  /** Conntrack settings of its namespace by full name. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Whether the load comes from this namespace. */
  readonly isClient: boolean;
}

/** What is known about the clock of another machine. */
export interface ClockReading {
  /** Seconds to add to this machine's CLOCK_MONOTONIC. */
  readonly offset: number;
  /** Half the shortest round trip, in seconds: the offset is known this well. */
  readonly error: number;
}

/** The clock of another machine. */
export interface OtherClock {
  readonly machine: Machine;
  /** Compares it with this machine's. */
  read(): Promise<ClockReading>;
  /** Reads it too; from then on times are translated by this. */
  set(): Promise<ClockReading>;
}

export interface LabOptions {
  readonly runId: string;
  readonly gateway: Scenario['gateway'];
  /** Which addresses the lab has; IPv4 when absent. */
  readonly family?: LabFamily;
  /** With driver vm. */
  readonly vm?: VmSpec;
  /** Whether the gateway translates UDP too, which doubles its rules; false when absent. */
  readonly udp?: boolean;
  /** Whether connections come from several client addresses; false when absent. */
  readonly sources?: boolean;
  /** Whether echo requests are sent; false when absent. */
  readonly echoes?: boolean;
  /** What is done while the load runs; nothing when absent. */
  readonly actions?: readonly Action[];
  /** Whether only a lease is faithful for the load, as ballast would distort it; false when absent. */
  readonly needsLease?: boolean;
  readonly log: Log;
  /** Stops building the lab. */
  readonly signal: AbortSignal;
}

/** A lab whose hosts can start processes, while the gateway is not set up yet. */
export interface LabInProgress {
  /** Those of the finished lab. */
  readonly hosts: LabHosts;
  /** The finished lab. Rejects, as `createLab` does, when it could not be finished; whatever had been made is undone by then. */
  readonly ready: Promise<Lab>;
}

/**
 * A finished lab: client → gateway → backend. Disposing ends everything that runs on its hosts, removes them and restores the
 * limits; it throws a CtloadError (exit 101) naming what could not be removed.
 */
export interface Lab extends LabHosts, AsyncDisposable {
  readonly driver: 'netns' | 'docker' | 'vm';
  /** Whether its hosts are in a user namespace, ctload's or the engine's. */
  readonly rootless: boolean;
  /** Process on this machine that is the gateway, if it is one. */
  readonly gatewayPid?: number | undefined;
  /** Those of machines besides this one that the lab's hosts are on; absent where all are on this one. */
  readonly clocks?: readonly OtherClock[];
  /** Machines of the lab besides this one, by name. */
  readonly machines?: Readonly<Record<string, MachineFacts>>;
  /** Where clients connect to. */
  readonly targets: Targets;
  /** Where the backend must listen. */
  readonly listen: ListenEndpoints;
  /** Routes of the proxy on the gateway; empty unless the dataplane is `proxy`. */
  readonly proxyRoutes: readonly Route[];
  /** The program that is the proxy; absent where it is ctload's own. */
  readonly proxyProgram?: ProxyProgram;
  /** Of the first gateway, where there are several. */
  readonly capacity: Capacity;
  /** All gateways whose tables are monitored, where there are several; `gateway` is the first of them. */
  readonly gateways?: readonly LabGateway[];
  /** Inode of the gateway's network namespace, as the kernel log names it. */
  readonly gatewayNetns: number;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN: 0, then every retransmission. */
  readonly synSchedule: readonly number[];
  /** Settings in force worth recording, by full name (`net.netfilter.nf_conntrack_max`, …). */
  readonly sysctls: Readonly<Record<string, string>>;
  /**
   * Disconnects the hosts from each other, irrevocably: thousands of connections can then be ended without sending a packet.
   * After it the lab can only be disposed of. Absent where the driver cannot do it.
   */
  cut?(): Promise<void>;
  /**
   * Sets nf_conntrack_max of the gateway's kernel, until the lab is disposed of; absent where it stays as it is.
   * @throws {CtloadError} exit 100 when the kernel does not accept it.
   */
  setMax?(max: number): Promise<void>;
  /** Lets the endpoints' addresses answer no more, and leads new flows to others; only where the gateway translates. */
  loseEndpoints(): Promise<void>;
  /** Resolves with the reason, never rejects, when the limits changed during the life of the lab otherwise: the run is then invalid. */
  readonly capacityLost: Promise<string>;
}

/** A gateway that ctload did not build. What is behind it is not visible to ctload, and its table may not be, either. */
export interface ExternalLab
  extends Omit<
    Lab,
    'driver' | 'gateway' | 'backend' | 'machine' | 'listen' | 'proxyRoutes' | 'proxyProgram' | 'setMax' | 'loseEndpoints'
  > {
  readonly driver: 'external';
  /** Where the gateway's table is read; absent when the scenario does not say. */
  readonly gateway?: Host;
  /** Whether the tables of client and machine are others than the gateway's. */
  readonly separateNetns: { readonly client: boolean; readonly host: boolean };
  /** Whether ctload may list the entries of the gateway's table. */
  readonly listable: boolean;
}

/** Pods of ctload's in a cluster. The gateway is the client's node, whose settings ctload leaves as they are. */
export interface KubernetesLab extends Omit<Lab, 'driver' | 'backend' | 'proxyProgram' | 'setMax' | 'loseEndpoints'> {
  readonly driver: 'kubernetes';
  /** Absent where the load goes to servers that are not ctload's own. */
  readonly backend?: Host;
  /** The nodes that the load crosses, as they were before anything was changed there. */
  readonly nodes: readonly CrossedReading[];
  /** As in ExternalLab: the machine's own table is a node's where ctload runs on that. */
  readonly separateNetns: ExternalLab['separateNetns'];
}

/** A lab whose gateway is not ctload's own. */
export type ExistingLab = ExternalLab | KubernetesLab;

export type AnyLab = Lab | ExistingLab;

/** The same for labs as `isExisting` for scenarios. */
export function isExistingLab(lab: AnyLab): lab is ExistingLab {
  return lab.driver === 'external' || lab.driver === 'kubernetes';
}

/** Undefined where the load goes to servers that are not ctload's own. */
export function backendIn(lab: AnyLab): Host | undefined {
  return lab.driver === 'external' ? undefined : lab.backend;
}
