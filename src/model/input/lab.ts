/** Virtual addresses of a lab, each with one endpoint of its own. */
export const SERVICES = 64;

export interface Endpoint {
  /** IPv4. */
  readonly address: string;
  /** TCP or UDP. */
  readonly port: number;
}

/** Where a proxy listens, and what it connects to. */
export interface Route {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** What a client may connect to: virtual addresses the gateway translates to the backend's. */
export interface Targets {
  /** HTTP and WebSocket. */
  readonly http: readonly Endpoint[];
  /** Connections here are accepted and forgotten; no FIN or RST of theirs leaves either end. */
  readonly stale: readonly Endpoint[];
  /** SYNs here are swallowed by the backend: nobody ever answers. */
  readonly halfOpen: readonly Endpoint[];
  /** Datagrams to `answered` come back; those to `unanswered` are counted by the backend's kernel (UdpNoPorts) and no more. */
  readonly udp: { readonly answered: DatagramTargets; readonly unanswered: DatagramTargets };
  /** Local ports the kernel hands out (net.ipv4.ip_local_port_range). */
  readonly ephemeralPorts: PortRange;
  /** Local ports stale flows bind explicitly, outside the ephemeral ones. */
  readonly stalePorts: PortRange;
}

/** Every port of the range at every address is a destination of its own. */
export interface DatagramTargets {
  readonly addresses: readonly string[];
  readonly ports: PortRange;
}

/** Both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export function portsIn(range: PortRange): number {
  return range.last - range.first + 1;
}
