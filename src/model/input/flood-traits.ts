import type { FloodKind } from './flood-kind.ts';

/** What ctload has to know of a kind of flood wherever it does not matter which kind it is. */
export interface FloodTraits {
  /** Whether its clients wait for a TCP connection, for up to `connectTimeout`. */
  readonly connects: boolean;
  /** Whether its connections stay open, until the flood lowers their number or the load ends. */
  readonly holds: boolean;
  /** Local ports that its connections take: those of the kernel, those ctload binds for stale floods, or shared sockets. */
  readonly ports: 'ephemeral' | 'stale' | 'shared';
  /** Whether an ordinary server at the other end is enough; else rules in a lab of ctload's own are needed. */
  readonly ordinaryServer: boolean;
  /** Whether a TCP proxy passes it on. */
  readonly proxied: boolean;
}

const ORDINARY = { connects: true, holds: false, ports: 'ephemeral', ordinaryServer: true, proxied: true } as const;

/** A proxy talks to both ends, so connections that are never established, or that both ends forget, do not pass through it. */
export const FLOOD_TRAITS: Readonly<Record<FloodKind, FloodTraits>> = {
  short: ORDINARY,
  long: { ...ORDINARY, holds: true },
  stale: { ...ORDINARY, ports: 'stale', ordinaryServer: false, proxied: false },
  'half-open': { connects: false, holds: false, ports: 'shared', ordinaryServer: false, proxied: false },
  udp: { connects: false, holds: false, ports: 'shared', ordinaryServer: false, proxied: false },
  icmp: { connects: false, holds: false, ports: 'shared', ordinaryServer: false, proxied: false },
  dns: { connects: false, holds: false, ports: 'shared', ordinaryServer: false, proxied: false },
};

/** The program that opens raw sockets for floods of kind icmp, as Node cannot. Debian and Ubuntu always have it (perl-base is essential). */
export const RAW_SOCKET_TOOL = 'perl';

/** Kinds for which `is` holds, in the order of the table above. */
export function kindsWith(is: (traits: FloodTraits) => boolean): FloodKind[] {
  const kinds = Object.entries(FLOOD_TRAITS) as [FloodKind, FloodTraits][];
  return kinds.filter(([, traits]) => is(traits)).map(([kind]) => kind);
}
