/** Number of virtual addresses of a lab, each with one endpoint of its own. */
export const SERVICES = 64;
/** Those of half-open floods. A half-open flow releases its port at once, and a tuple is reused only after 16 × 22,768 others. */
export const HALF_OPEN_SERVICES = 16;
/** Services for name queries. Each gives 18,976 source ports for one service port, and an entry keeps its own for 30 s. */
export const DNS_SERVICES = 8;
/** Their endpoints, two for each. */
export const DNS_ENDPOINTS = 2 * DNS_SERVICES;

export interface Endpoint {
  /** IPv4. */
  readonly address: string;
  /** TCP or UDP. */
  readonly port: number;
}

/** An address on which a proxy listens, and the one it connects to. */
export interface Route {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Addresses that a client may connect to: virtual ones, which the gateway translates to the backend's. */
export interface Targets {
  /** For HTTP and WebSocket connections. */
  readonly http: readonly Endpoint[];
  /** Connections to these are accepted and forgotten; neither end sends a FIN or RST for them. */
  readonly stale: readonly Endpoint[];
  /** SYNs to these are dropped by the backend, so they are never answered. */
  readonly halfOpen: readonly Endpoint[];
  /** The backend replies to datagrams to `answered`; its kernel only counts those to `unanswered` (UdpNoPorts). */
  readonly udp: { readonly answered: DatagramTargets; readonly unanswered: DatagramTargets };
  /** Addresses that answer echo requests, behind the gateway; absent where ctload does not know any. */
  readonly echo?: readonly string[];
  /** A service of two endpoints, each taken at random, that answers DNS queries; absent where there is none. */
  readonly dns?: readonly Endpoint[];
  /** Local ports that the kernel assigns (net.ipv4.ip_local_port_range). */
  readonly ephemeralPorts: PortRange;
  /** Local ports that stale floods and lookups bind explicitly, outside the ephemeral ones. */
  readonly stalePorts: PortRange;
}

/** Every port of the range at every address is a separate destination. */
export interface DatagramTargets {
  readonly addresses: readonly string[];
  readonly ports: PortRange;
}

/** Both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Local ports that stale floods and lookups bind, outside those that the kernel assigns. */
export const STALE_PORTS: PortRange = { first: 1_024, last: 19_999 };

export function portsIn(range: PortRange): number {
  return range.last - range.first + 1;
}

/** Flows of lookups over one family: every port to every service. */
export const LOOKUP_FLOWS = portsIn(STALE_PORTS) * DNS_SERVICES;
