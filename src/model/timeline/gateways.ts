import type { Capacity } from './capacity.ts';

/** One of several gateways that the load crosses, each with a conntrack table of its own. */
export interface GatewayFacts {
  /** Name of the gateway: its records have it as `gateway`. */
  readonly name: string;
  readonly capacity: Capacity;
  /** Inode of its network namespace. */
  readonly netns: number;
  /** Conntrack settings of its namespace by full name, as read before the load. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Name of the machine it is on, as in `environment.machines`. Absent if that is the machine that ctload runs on. */
  readonly machine?: string;
  /** Whether the load comes from this namespace, so that its network counters are the client's. */
  readonly isClient?: boolean;
}

/** A record of one of several gateways. */
export interface OfGateway {
  /** Name of the gateway, as in `lab.gateways`. Absent if there is only one, and for other hosts. */
  readonly gateway?: string;
}

/** One of several clients that the load comes from. */
export interface ClientFacts {
  /** Name of the client: its records have it as `client`. */
  readonly name: string;
  /** Name of the machine it is on, as in `environment.machines`. */
  readonly machine: string;
}

/** A record of one of several clients. */
export interface OfClient {
  /** Name of the client. Absent if there is only one, and for other hosts. */
  readonly client?: string;
}
