/** Drivers that build a lab. */
export type LabDriver = 'netns' | 'docker' | 'vm';

/** What ctload has to know of a dataplane wherever it does not matter how it is set up; lab/dataplane sets it up. */
export interface DataplaneTraits {
  /** What the gateway does with packets, a clause for help, schema and documentation. */
  readonly does: string;
  /**
   * Conntrack entries of the gateway for one TCP connection or one flow of datagrams, where no setting says otherwise; by settings:
   * tracking.ts. Measured: 300 connections through a gateway of each kind (guest kernel 6.1, conntrack hooks on).
   */
  readonly entriesPerFlow: number;
  /** How many they are with which settings, for documentation. */
  readonly otherwise?: string;
  /**
   * How packets get to the backend: by NAT of virtual addresses; as they are, because the backend owns the service addresses; or
   * over connections that the gateway accepts and opens itself, so that its kernel is a client as well.
   */
  readonly forwarding: 'translated' | 'routed' | 'terminated';
  /** Drivers whose labs have it. */
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
    does: 'IPVS in NAT mode; unless gateway.ipvs says otherwise as kube-proxy runs it, with vs.conntrack=1 and masquerade',
    entriesPerFlow: 1,
    otherwise: '0 with `conntrack: false`',
    forwarding: 'translated',
    drivers: ['netns', 'vm'],
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
    drivers: ['netns', 'vm'],
  },
  notrack: {
    does: 'packets are forwarded as they are, and NOTRACK in the raw table takes those of the service past conntrack, both ways',
    entriesPerFlow: 0,
    forwarding: 'routed',
    drivers: ['netns', 'vm'],
  },
  tunnel: {
    does: 'packets come in a tunnel from the client; gateway.tunnel says of which kind, and whether it ends beyond the gateway or at it',
    entriesPerFlow: 2,
    otherwise: '0 with WireGuard; 1 more that ends at the gateway',
    forwarding: 'routed',
    drivers: ['netns', 'vm'],
  },
} as const satisfies Readonly<Record<string, DataplaneTraits>>;

/** How the gateway forwards packets. */
export type Dataplane = keyof typeof DATAPLANES;

export const DATAPLANE_NAMES = Object.keys(DATAPLANES) as readonly Dataplane[];

/** The traits of a dataplane by its name in a record; undefined for `unknown`, that of a gateway that ctload did not build. */
export function traitsOf(name: string): DataplaneTraits | undefined {
  return Object.hasOwn(DATAPLANES, name) ? DATAPLANES[name as Dataplane] : undefined;
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
