import type { Accounting } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import type { Reconciliation } from '../accounting/accounting.ts';
import { lostOnTheWay } from '../accounting/datagrams.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import { type AttemptTotals, LOAD_BUCKET } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** What lost SYNs and datagrams are put down to, as the counters of the run have it. */
export interface LossCauses {
  /** Attempts due from here on met a table that dropped; undefined when it did not or does not explain the clients' side. */
  readonly tableFullFrom: number | undefined;
  /** What became of the SYNs that no table dropped. */
  readonly otherwise: FailureCause;
  /** Floods whose missing answers are put down to the table as unanswered SYNs are. */
  readonly datagrams: ReadonlySet<string>;
}

export type LossInputs = Pick<RunLog, 'loads' | 'tables' | 'netstat'> & {
  readonly attempts: AttemptTotals;
  readonly udpFloods: ReadonlySet<string>;
  readonly accounting: Accounting;
  readonly reconciliation: Reconciliation;
  readonly firstDrop: FirstDrop | undefined;
};

/** Decides what lost SYNs and datagrams are put down to. */
export function lossCauses(inputs: LossInputs): LossCauses {
  const { firstDrop, accounting, udpFloods, attempts } = inputs;
  return {
    tableFullFrom: firstDrop !== undefined && tableExplains(inputs, firstDrop) ? firstDrop.affectedFrom : undefined,
    otherwise: otherwiseLost(inputs),
    datagrams: lostOnTheWay(udpFloods, attempts, accounting.datagramsLost) ? udpFloods : new Set(),
  };
}

/** Whether the drops of the gateway's table, and of no other, are what the clients felt. */
function tableExplains({ loads, tables, accounting, reconciliation }: LossInputs, { affectedFrom }: FirstDrop): boolean {
  const { kernelDrops, timeWaitDropped } = accounting;
  // SYNs dropped in TIME_WAIT are no part of the accounting, but attempts feel them.
  const few = timeWaitDropped > 0 && kernelDrops + tables.gateway.totals.earlyDrop < unanswered(loads, affectedFrom) / 2;
  const elsewhere = [tables.client, tables.backend, tables.host].some(({ totals }) => totals.drop > 0);
  return !few && !elsewhere && reconciliation !== 'clients-saw-less' && reconciliation !== 'clients-saw-more';
}

/** Attempts that were due from `from` on and timed out or were connected only by a retransmitted SYN. */
function unanswered(loads: readonly LoadRecord[], from = Number.NEGATIVE_INFINITY): number {
  return loads.reduce((sum, load) => {
    const count = (load.failed?.['connect-timeout'] ?? 0) + (load.delayed ?? 0);
    return load.t + LOAD_BUCKET > from ? sum + count : sum;
  }, 0);
}

/**
 * What made SYNs go unanswered that no conntrack table dropped: no route or a listen queue that overflowed, where a counter
 * holds at least half of what the clients are missing beyond the table's drops; else it stays `connect-timeout`. Most SYNs that
 * meet TIME_WAIT are felt by no attempt, so they are weighed by attempts: the backend's ACK makes the client retransmit a first
 * SYN within milliseconds (tcp_rcv_synsent_state_process).
 */
function otherwiseLost({ loads, netstat, accounting }: LossInputs): FailureCause {
  const { explainedByClients, kernelDrops, timeWaitDropped } = accounting;
  const felt = Math.min(timeWaitDropped, unanswered(loads));
  const missing = Math.max(1, explainedByClients - kernelDrops, felt);
  const [most] = [
    { cause: 'unreachable' as const, count: routeless(netstat) },
    { cause: 'listen-overflow' as const, count: listenDrops(netstat) },
  ].sort((a, b) => b.count - a.count);
  return most !== undefined && most.count >= missing / 2 ? most.cause : 'connect-timeout';
}

/** SYNs the backend refused to queue. */
function listenDrops({ backend }: RunLog['netstat']): number {
  return Math.max(rise(backend, 'TcpExtListenDrops'), rise(backend, 'TcpExtListenOverflows'));
}

/** Packets that met no route: routing answers with an ICMP message, but no more than one per second to each client. */
function routeless({ client, gateway, backend }: RunLog['netstat']): number {
  const hosts = [client, gateway, backend];
  return hosts.reduce((sum, records) => sum + rise(records, 'IpExtInNoRoutes') + rise(records, 'IpOutNoRoutes'), 0);
}
