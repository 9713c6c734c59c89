import { terminates } from '../../model/input/dataplanes.ts';
import type { Accounting } from '../../model/result/summary.ts';
import { sum } from '../../model/sum.ts';
import type { HostRecord, NetstatRecord } from '../../model/timeline/sample.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import { lastBefore } from '../log/last-before.ts';
import type { AttemptTotals } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';
import { datagramsLost } from './datagrams.ts';
import { halfOpenLost } from './half-open.ts';
import { otherLosses } from './other-losses.ts';
import { timeWaitDropped } from './time-wait.ts';
import { TOLERANCE } from './tolerance.ts';
import { upstreamLost } from './upstream.ts';

/** What is reconciled: the table's drops, the kernels' counters, and what the clients abandoned. */
export type AccountingInputs = Pick<RunLog, 'meta' | 'tables' | 'netstat' | 'machine' | 'backend' | 'ruleDrops'> & {
  readonly attempts: AttemptTotals;
  /** Names of the floods of kind udp. */
  readonly udpFloods: ReadonlySet<string>;
};

/**
 * Reconciles the kernel's counters with the clients'. Every packet that the full table dropped is one of
 * - a SYN that its client, or a gateway that is one itself, retransmitted (TcpExtTCPSynRetrans of its namespace) or abandoned;
 * - a half-open SYN that the backend never saw, or a datagram that did not arrive: neither is retransmitted.
 *
 * SYNs that the backend dropped in TIME_WAIT or from its listen queues, packets whose hash chain was too long or whose source port was taken, and those that the
 * user's own rules dropped are
 * retransmitted or abandoned as well, and subtracted.
 */
export function account({
  meta,
  tables,
  netstat,
  machine,
  backend,
  ruleDrops,
  attempts,
  udpFloods,
}: AccountingInputs): Accounting {
  const kernelDrops = tables.gateway.totals.drop;
  const unseen = halfOpenLost({ meta, netstat, backend }, attempts);
  const datagrams = udpFloods.size === 0 ? 0 : datagramsLost(netstat);
  const inTimeWait = timeWaitDropped(netstat.backend);
  const byClients = rise(netstat.client, 'TcpExtTCPSynRetrans') + attempts.all.abandoned;
  const upstream = upstreamLost(
    { meta, netstat, tables },
    attempts,
    (more) => kernelDrops - byClients - more - unseen - datagrams,
  );
  const synRetransmissions = rise(netstat.client, 'TcpExtTCPSynRetrans') + upstream.retransmitted;
  const abandoned = attempts.all.abandoned + upstream.abandoned;
  const lost = Math.max(0, synRetransmissions + abandoned - inTimeWait) + unseen + datagrams;
  const others = otherLosses({ netstat, tables, ruleDrops }, lost - kernelDrops);
  const explainedByClients = lost - others.listenDropped - others.chainRefused - others.clashDropped - others.ruleDropped;
  const ends = [netstat.client, netstat.backend, ...(terminates(meta.lab.dataplane) ? [netstat.gateway] : [])];
  return {
    kernelDrops,
    explainedByClients,
    share: kernelDrops === 0 ? null : explainedByClients / kernelDrops,
    synRetransmissions,
    abandoned,
    halfOpenLost: unseen,
    datagramsLost: datagrams,
    timeWaitDropped: inTimeWait,
    ...others,
    laterRetransmissions: sum(ends, otherThanSyns) + droppableSynAcks({ meta, netstat }),
    laterResets: terminates(meta.lab.dataplane) ? Math.min(sum(ends, resets), cutShort(attempts)) : 0,
    backlogDropped: backlogDropped(machine),
    upstreamRetransmissions: upstream.retransmitted,
    upstreamAbandoned: upstream.abandoned,
  };
}

/** SYN-ACKs that the backend retransmitted, where each direction has an entry of its own: only packets of a tunnel have. */
function droppableSynAcks({ meta, netstat }: Pick<AccountingInputs, 'meta' | 'netstat'>): number {
  return (recordedTracking(meta.lab)?.outer ?? 0) > 0 ? rise(netstat.backend, 'TcpExtTCPSynRetrans') : 0;
}

function resets(records: readonly NetstatRecord[]): number {
  return Math.max(0, rise(records, 'TcpOutRsts'));
}

/** Connections that got no good end: resets of others, as of `close: rst`, pass by their entries. */
function cutShort({ all: { failed, disconnected } }: AttemptTotals): number {
  return (failed['response-timeout'] ?? 0) + (failed['reset'] ?? 0) + disconnected;
}

/** Since the last reading before the load. */
function backlogDropped(machine: readonly HostRecord[]): number {
  const before = lastBefore(machine, 0) ?? machine[0];
  return (machine.at(-1)?.backlogDropped ?? 0) - (before?.backlogDropped ?? 0);
}

/** TcpRetransSegs counts retransmitted SYNs and SYN-ACKs too, and so does TCPSynRetrans (tcp_retransmit_skb, tcp_rtx_synack). */
function otherThanSyns(records: readonly NetstatRecord[]): number {
  return Math.max(0, rise(records, 'TcpRetransSegs') - rise(records, 'TcpExtTCPSynRetrans'));
}

/** How the counters reconcile; with `clients-saw-…` they do not. */
export type Reconciliation =
  | 'none'
  | 'exact'
  | 'with-early-drop'
  | 'with-later-packets'
  | 'with-backlog-drops'
  | 'clients-saw-less'
  | 'clients-saw-more';

/**
 * Whether the counters reconcile, within the tolerance:
 * - A handshake whose entry early drop evicts retransmits its SYN without any packet having been dropped, so the clients may see
 *   up to one retransmission more for each of `handshakesEvicted`.
 * - The garbage collector of a full table takes entries of connections that are closing (gc_worker). What these still send needs
 *   a new entry (tcp_loose) and is dropped, each time until it is no longer retransmitted. Through VXLAN also SYN-ACKs are: 415 drops
 *   were 272 of SYNs and at most 153 of SYN-ACKs and later segments (6.1). A gateway that ends connections itself resets those that
 *   it gives up: 46,243 drops were 43,160 of SYNs, at most 1,333 of later segments and 899 of resets.
 * - An overloaded machine loses packets between its namespaces.
 */
export function reconcile(accounting: Accounting, handshakesEvicted: number): Reconciliation {
  const { kernelDrops, explainedByClients, laterRetransmissions, laterResets, backlogDropped, share } = accounting;
  if (share === null) return 'none';
  if (share < 1 - TOLERANCE) {
    const most = explainedByClients + laterRetransmissions + laterResets;
    return kernelDrops * (1 - TOLERANCE) <= most ? 'with-later-packets' : 'clients-saw-less';
  }
  if (share <= 1 + TOLERANCE) return 'exact';
  const accountable = kernelDrops * (1 + TOLERANCE) + handshakesEvicted;
  if (explainedByClients <= accountable) return 'with-early-drop';
  return explainedByClients <= accountable + backlogDropped ? 'with-backlog-drops' : 'clients-saw-more';
}
