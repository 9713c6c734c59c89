/** What a listing says of one conntrack entry. */
export interface TableEntry {
  /** `tcp`, `udp`, `icmp`, … */
  readonly protocol: string;
  /** State of TCP, DCCP and SCTP as the kernel names it; null where the protocol has none. */
  readonly state: string | null;
  /** Whole seconds until it expires, rounded down; null for a flow that is offloaded, which does not. */
  readonly secondsLeft: number | null;
  /** Whole seconds since its first packet, where nf_conntrack_timestamp is on; else null. */
  readonly age: number | null;
  /** Address that the client connected to, before DNAT. */
  readonly destination: string;
  /** Port that the client connected to; null where the protocol has none. */
  readonly port: number | null;
  readonly assured: boolean;
  readonly unreplied: boolean;
}

/** Destination and port, as one text. */
export function serviceOf({ protocol, destination, port }: TableEntry): string {
  const address = destination.includes(':') && port !== null ? `[${destination}]` : destination;
  return `${protocol} ${address}${port === null ? '' : `:${port}`}`;
}
