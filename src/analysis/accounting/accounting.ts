import type { Accounting } from '../../model/result/summary.ts';
import type { NetstatRecord } from '../../model/timeline/sample.ts';
import { lastBefore, type RunLog, rise } from '../log/run-log.ts';
import { totalsOf } from '../log/table.ts';
import { datagramsLost } from './datagrams.ts';
import { halfOpenLost } from './half-open.ts';
import { timeWaitDropped } from './time-wait.ts';

/** How far the share may be from 1 and still be proof. */
const TOLERANCE = 0.03;

/**
 * Sets the kernel's books against the clients': every packet the full table dropped is a SYN that its client repeated
 * (TcpExtTCPSynRetrans of its namespace) or gave up on (design.md §5), a half-open one that the backend never saw, or a datagram that
 * did not arrive: nobody repeats those. SYNs that the backend dropped in TIME_WAIT are repeated or given up as well, and taken off.
 */
export function account(log: RunLog): Accounting {
  const kernelDrops = totalsOf(log.tables.gateway).drop;
  const upstream = upstreamOf(log);
  const synRetransmissions = rise(log.netstat.client, 'TcpExtTCPSynRetrans') + upstream.repeated;
  const abandoned = log.loads.reduce((sum, load) => sum + (load.abandoned ?? 0), 0) + upstream.abandoned;
  const unseen = halfOpenLost(log);
  const datagrams = datagramsLost(log);
  const inTimeWait = timeWaitDropped(log);
  const explainedByClients = Math.max(0, synRetransmissions + abandoned - inTimeWait) + unseen + datagrams;
  return {
    kernelDrops,
    explainedByClients,
    share: kernelDrops === 0 ? null : explainedByClients / kernelDrops,
    synRetransmissions,
    abandoned,
    halfOpenLost: unseen,
    datagramsLost: datagrams,
    timeWaitDropped: inTimeWait,
    laterRetransmissions: otherThanSyns(log.netstat.client) + otherThanSyns(log.netstat.backend),
    backlogDropped: backlogDropped(log),
  };
}

/** Since the last reading before the load. */
function backlogDropped({ machine }: RunLog): number {
  const before = lastBefore(machine, 0) ?? machine[0];
  return (machine.at(-1)?.backlogDropped ?? 0) - (before?.backlogDropped ?? 0);
}

/**
 * Behind a proxy the gateway itself is a client: of the connections it opened (TcpActiveOpens) the backend never saw the
 * others than it accepted (TcpPassiveOpens).
 */
function upstreamOf({ meta, netstat: { gateway, backend } }: RunLog): { readonly repeated: number; readonly abandoned: number } {
  if (meta.lab.dataplane !== 'proxy') return { repeated: 0, abandoned: 0 };
  return {
    repeated: rise(gateway, 'TcpExtTCPSynRetrans'),
    abandoned: Math.max(0, rise(gateway, 'TcpActiveOpens') - rise(backend, 'TcpPassiveOpens')),
  };
}

/** TcpRetransSegs counts SYN and SYN-ACK repeats too (tcp_retransmit_skb, tcp_rtx_synack). */
function otherThanSyns(records: readonly NetstatRecord[]): number {
  return Math.max(0, rise(records, 'TcpRetransSegs') - rise(records, 'TcpExtTCPSynRetrans'));
}

export type Reconciliation =
  | 'none'
  | 'exact'
  | 'with-early-drop'
  | 'with-later-packets'
  | 'with-backlog-drops'
  | 'clients-saw-less'
  | 'clients-saw-more';

/**
 * Whether the books agree. A handshake whose entry early drop evicts repeats its SYN without any packet having been
 * dropped, so the clients may see up to one repeat more for each of `earlyDrops` evictions. The other way round, the garbage
 * collector of a full table takes entries of connections that are closing (gc_worker): what these still send needs a new entry
 * (tcp_loose) and is dropped, each time until it is repeated no more. And an overloaded machine loses packets on the way.
 */
export function reconcile(accounting: Accounting, earlyDrops: number): Reconciliation {
  const { kernelDrops, explainedByClients, laterRetransmissions, backlogDropped, share } = accounting;
  if (share === null) return 'none';
  if (share < 1 - TOLERANCE) {
    return kernelDrops <= explainedByClients + laterRetransmissions ? 'with-later-packets' : 'clients-saw-less';
  }
  if (share <= 1 + TOLERANCE) return 'exact';
  const accountable = kernelDrops * (1 + TOLERANCE) + earlyDrops;
  if (explainedByClients <= accountable) return 'with-early-drop';
  return explainedByClients <= accountable + backlogDropped ? 'with-backlog-drops' : 'clients-saw-more';
}
