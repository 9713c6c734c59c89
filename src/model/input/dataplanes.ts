/** Drivers that build a lab. */
export type LabDriver = 'netns' | 'docker' | 'vm';

/** What ctload has to know of a dataplane wherever it does not matter how it is set up; lab/dataplane sets it up. */
export interface DataplaneTraits {
  /** What the gateway does with packets, a clause for help, schema and documentation. */
  readonly does: string;
  /**
   * Conntrack entries of the gateway for one TCP connection or one flow of datagrams. Measured: 300 connections through a gateway
   * of each kind (guest kernel 6.1, conntrack hooks on).
   */
  readonly entriesPerFlow: number;
  /**
   * How packets get to the backend: by NAT of virtual addresses; as they are, because the backend owns the service addresses; or
   * over connections that the gateway accepts and opens itself, so that its kernel is a client as well.
   */
  readonly forwarding: 'translated' | 'routed' | 'terminated';
  /** Drivers whose labs have it; without any, only `plan` knows it. */
  readonly drivers: readonly LabDriver[];
}

/** Every dataplane, in the order of the documentation. */
export const DATAPLANES = {
  iptables: {
    does: 'DNAT of virtual IPs and masquerade, with the rules of kube-proxy in iptables mode',
    entriesPerFlow: 1,
    forwarding: 'translated',
    drivers: ['netns', 'docker', 'vm'],
  },
  nftables: {
    does: 'DNAT of virtual IPs and masquerade, with the rules of kube-proxy in nftables mode',
    entriesPerFlow: 1,
    forwarding: 'translated',
    drivers: ['netns', 'docker', 'vm'],
  },
  ipvs: {
    does: 'IPVS as kube-proxy runs it, with vs.conntrack=1',
    entriesPerFlow: 1,
    forwarding: 'translated',
    drivers: [],
  },
  proxy: {
    does: 'a proxy accepts each connection and opens one of its own to the backend',
    entriesPerFlow: 2,
    forwarding: 'terminated',
    drivers: ['netns', 'vm'],
  },
  forward: {
    does: 'packets are forwarded as they are, to service addresses that the backend owns, and tracked',
    entriesPerFlow: 1,
    forwarding: 'routed',
    drivers: ['netns'],
  },
  notrack: {
    does: 'packets are forwarded as they are, and NOTRACK in the raw table takes those of the service past conntrack, both ways',
    entriesPerFlow: 0,
    forwarding: 'routed',
    drivers: ['netns'],
  },
} as const satisfies Readonly<Record<string, DataplaneTraits>>;

/** A dataplane that `plan` knows. */
export type PlanDataplane = keyof typeof DATAPLANES;

/** How the gateway forwards packets: a dataplane that a lab can have. */
export type Dataplane = {
  [Name in PlanDataplane]: (typeof DATAPLANES)[Name]['drivers'] extends readonly [] ? never : Name;
}[PlanDataplane];

export const PLAN_DATAPLANES = Object.keys(DATAPLANES) as readonly PlanDataplane[];

/** Whether a lab can have a dataplane. */
export function isBuilt(name: PlanDataplane): name is Dataplane {
  return DATAPLANES[name].drivers.length > 0;
}

/** Dataplanes that a lab can have. */
export const BUILT_DATAPLANES: readonly Dataplane[] = PLAN_DATAPLANES.filter(isBuilt);

/** The traits of a dataplane by its name in a record; undefined for `unknown`, that of a gateway that ctload did not build. */
export function traitsOf(name: string): DataplaneTraits | undefined {
  return Object.hasOwn(DATAPLANES, name) ? DATAPLANES[name as PlanDataplane] : undefined;
}

/** When the gateway masquerades: connections from outside the cluster, which all of the lab's are, or none. */
export type Masquerade = 'outside' | 'never';

/** Whether the gateway forwards packets to other addresses than they were sent to. */
export function translates(name: string): boolean {
  return traitsOf(name)?.forwarding === 'translated';
}

/** Whether packets reach the backend with an address of the gateway's, so that replies cannot pass it by. */
export function masquerades(name: string, when: Masquerade = 'outside'): boolean {
  return translates(name) && when === 'outside';
}

/** Whether the gateway ends connections and opens its own. */
export function terminates(name: string): boolean {
  return traitsOf(name)?.forwarding === 'terminated';
}
