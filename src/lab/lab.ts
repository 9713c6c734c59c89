import type { Route, Targets } from '../model/input/lab.ts';
import type { Scenario } from '../model/input/scenario.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import type { Host } from '../platform/exec.ts';
import type { Log } from '../platform/log.ts';
import type { ListenEndpoints } from './addresses.ts';

/** The hosts of a lab by role. */
export interface Hosts {
  readonly client: Host;
  readonly gateway: Host;
  readonly backend: Host;
}

export interface LabOptions {
  readonly runId: string;
  readonly gateway: Scenario['gateway'];
  /** Whether the gateway translates UDP too; not when absent. Its rules are as many again. */
  readonly udp?: boolean;
  readonly log: Log;
  /** Ends the building of the lab. */
  readonly signal: AbortSignal;
  /** Called once processes can be started on the hosts, which are those of the finished lab; the gateway does nothing yet. */
  onHosts?(hosts: Hosts): void;
}

/**
 * A standing lab: client → gateway → backend. Disposing it ends everything that runs on its hosts, removes them and gives
 * back the capacity; it throws a CtloadError (exit 101) naming what could not be removed.
 */
export interface Lab extends Hosts, AsyncDisposable {
  readonly driver: 'netns' | 'docker';
  /** Whether its hosts live in a user namespace, ctload's or the engine's. */
  readonly rootless: boolean;
  /** The machine's own network namespace, where ctload itself is not in it: its table has to stay out of it, too. */
  readonly machine?: Host;
  /** What clients connect to. */
  readonly targets: Targets;
  /** What the backend must listen on. */
  readonly listen: ListenEndpoints;
  /** What a proxy on the gateway has to join; empty unless the dataplane is `proxy`. */
  readonly proxyRoutes: readonly Route[];
  readonly capacity: Capacity;
  /** Inode of the gateway's network namespace, as the kernel log names it. */
  readonly gatewayNetns: number;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN: 0, then every retransmission. */
  readonly synSchedule: readonly number[];
  /** Settings in force worth recording, by full name (`net.netfilter.nf_conntrack_max`, …). */
  readonly sysctls: Readonly<Record<string, string>>;
  /**
   * Parts the hosts for good, so that nothing leaves them any more: connections can then be ended by the thousand without a
   * packet. Only disposing follows. Absent where that cannot be had.
   */
  cut?(): Promise<void>;
  /** Resolves with the reason, never rejects, when the limits changed under the lab: the run then proves nothing. */
  readonly capacityLost: Promise<string>;
}

/** A gateway that ctload has not built: what stands behind it, and maybe its table, are out of sight. */
export interface ExternalLab extends Omit<Lab, 'driver' | 'gateway' | 'backend' | 'machine' | 'listen' | 'proxyRoutes'> {
  readonly driver: 'external';
  /** Where the gateway's table is read; absent when nobody said. */
  readonly gateway?: Host;
  /** Which tables are not the gateway's own under another name, and therefore must stay out of it. */
  readonly separateNetns: { readonly client: boolean; readonly host: boolean };
  /** Whether the entries of the gateway's table may be listed from here. */
  readonly listable: boolean;
}

export type AnyLab = Lab | ExternalLab;
