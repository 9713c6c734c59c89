import { type RunLog, rise } from '../log/run-log.ts';

/** Packets that clients lost and that the full table did not drop, as far as counters hold them. */
export interface OtherLosses {
  /** SYNs that the backend's listen queues dropped. */
  readonly listenDropped: number;
  /** Packets whose entry the gateway did not insert because its hash chain was too long. */
  readonly chainRefused: number;
}

/**
 * What of the packets that clients lost beyond the table's drops, `excess`, other counters hold. Never more than that: a full accept
 * queue counts dropped ACKs too (tcp_v4_syn_recv_sock), for which no client retransmits a SYN.
 */
export function otherLosses({ netstat, tables }: Pick<RunLog, 'netstat' | 'tables'>, excess: number): OtherLosses {
  const lost = Math.max(0, excess);
  const chainRefused = Math.min(tables.gateway.chainTooLong, lost);
  return { chainRefused, listenDropped: Math.min(listenDrops(netstat), lost - chainRefused) };
}

/** SYNs the backend refused to queue. */
export function listenDrops({ backend }: RunLog['netstat']): number {
  return Math.max(rise(backend, 'TcpExtListenDrops'), rise(backend, 'TcpExtListenOverflows'));
}
