import { type RunLog, rise } from '../log/run-log.ts';

/** Packets that clients lost and that the full table did not drop, as far as counters hold them. */
export interface OtherLosses {
  /** SYNs that the backend's listen queues dropped. */
  readonly listenDropped: number;
  /** Packets whose entry the gateway did not insert because its hash chain was too long. */
  readonly chainRefused: number;
  /** Packets whose entry the gateway did not insert because it found no free source port, or another one had its tuple. */
  readonly clashDropped: number;
  /** Packets that the user's own rules in the gateway dropped. */
  readonly ruleDropped: number;
}

/**
 * What of the packets that clients lost beyond the table's drops, `excess`, other counters hold. Never more than that: a full accept
 * queue counts dropped ACKs too (tcp_v4_syn_recv_sock), for which no client retransmits a SYN.
 */
export function otherLosses(
  { netstat, tables, ruleDrops }: Pick<RunLog, 'netstat' | 'tables' | 'ruleDrops'>,
  excess: number,
): OtherLosses {
  const lost = Math.max(0, excess);
  const chainRefused = Math.min(tables.gateway.chainTooLong, lost);
  const clashDropped = Math.min(tables.gateway.clashes.packets, lost - chainRefused);
  const inTable = chainRefused + clashDropped;
  const listenDropped = Math.min(listenDrops(netstat), lost - inTable);
  const ruleDropped = Math.min(ruleDrops?.packets ?? 0, lost - inTable - listenDropped);
  return { chainRefused, clashDropped, listenDropped, ruleDropped };
}

/** SYNs the backend refused to queue. */
export function listenDrops({ backend }: RunLog['netstat']): number {
  return Math.max(rise(backend, 'TcpExtListenDrops'), rise(backend, 'TcpExtListenOverflows'));
}
