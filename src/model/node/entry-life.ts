import type { TimeoutName } from '../input/timeouts.ts';

/** State of a conntrack entry, as `conntrack -L` prints it; `UDP` for a UDP flow that is not a stream, `UDP_STREAM` for one that is, `ICMP` for an echo. */
export type EntryState = 'ESTABLISHED' | 'CLOSE_WAIT' | 'TIME_WAIT' | 'CLOSE' | 'SYN_SENT' | 'UDP' | 'UDP_STREAM' | 'ICMP';

/** What becomes of the entry of one connection. */
export interface EntryLife {
  /** State of the entry while the connection is open. */
  readonly open: EntryState;
  /** State in which the entry waits for its end. */
  readonly ends: EntryState;
  /** The timeout that decides how long it waits; defaults in model/input/timeouts.ts. */
  readonly timeout: TimeoutName;
  /** Not [ASSURED], so that early drop may evict it while the table is full (early_drop, nf_conntrack_core.c). */
  readonly evictable: boolean;
}

/**
 * The life of an entry by how its connection ends. TCP: the state table tcp_conntracks in nf_conntrack_proto_tcp.c; an entry becomes
 * ASSURED when it is ESTABLISHED. UDP: nf_conntrack_proto_udp.c; `udp` applies, and the entry is not ASSURED, until a flow has seen
 * packets in both directions for 2 s, after which it is a stream. All were measured on a forwarding gateway.
 */
export const ENTRY_LIVES = {
  /** Closed with FIN, by either end. */
  fin: { open: 'ESTABLISHED', ends: 'TIME_WAIT', timeout: 'tcp_time_wait', evictable: false },
  /** Closed with RST by the client. */
  rst: { open: 'ESTABLISHED', ends: 'CLOSE', timeout: 'tcp_close', evictable: false },
  /** Closed with FIN by one end, acknowledged by the other, which never closes; the state is the same whichever end it is. */
  half: { open: 'ESTABLISHED', ends: 'CLOSE_WAIT', timeout: 'tcp_close_wait', evictable: false },
  /** Established and then forgotten by both ends without FIN or RST. */
  forgotten: { open: 'ESTABLISHED', ends: 'ESTABLISHED', timeout: 'tcp_established', evictable: false },
  /** A SYN without any answer. */
  unanswered: { open: 'SYN_SENT', ends: 'SYN_SENT', timeout: 'tcp_syn_sent', evictable: true },
  /** One datagram, with or without a reply. */
  datagram: { open: 'UDP', ends: 'UDP', timeout: 'udp', evictable: true },
  /** An echo request and its reply, of ICMP or ICMPv6, whose timeout (icmpv6) is 30 s as well; never ASSURED (nf_conntrack_proto_icmp.c). */
  echo: { open: 'ICMP', ends: 'ICMP', timeout: 'icmp', evictable: true },
  /** Datagrams both ways for more than 2 s: QUIC, RTP, SIP, a VPN. */
  stream: { open: 'UDP_STREAM', ends: 'UDP_STREAM', timeout: 'udp_stream', evictable: false },
} as const satisfies Readonly<Record<string, EntryLife>>;

/** The life of an entry found in a state. An ESTABLISHED one is taken for an open connection, to be closed with FIN. */
export const LIFE_IN_STATE: Readonly<Record<EntryState, EntryLife>> = {
  ESTABLISHED: ENTRY_LIVES.fin,
  CLOSE_WAIT: ENTRY_LIVES.half,
  TIME_WAIT: ENTRY_LIVES.fin,
  CLOSE: ENTRY_LIVES.rst,
  SYN_SENT: ENTRY_LIVES.unanswered,
  UDP: ENTRY_LIVES.datagram,
  UDP_STREAM: ENTRY_LIVES.stream,
  ICMP: ENTRY_LIVES.echo,
};
