import type { LatencyLog } from '../../model/result/latency.ts';
import type { Accounting } from '../../model/result/summary.ts';
import { account, reconcile } from '../accounting/accounting.ts';
import { lostOnTheWay, udpFloods } from '../accounting/datagrams.ts';
import { type Break, findBreak } from '../breaking-point/breaking-point.ts';
import type { RunLog } from '../log/run-log.ts';
import { totalsOf } from '../log/table.ts';
import { type Evidence, otherwiseLost, unanswered } from './attribution.ts';

/** What is known of a run before anything is judged: the books, the first drop, and what lost SYNs are put down to. */
export interface Investigation {
  readonly accounting: Accounting;
  readonly first: Break | undefined;
  readonly evidence: Evidence;
}

export function investigate(log: RunLog, latency: LatencyLog): Investigation {
  const accounting = account(log);
  const first = findBreak(log, latency);
  const tableFullFrom = first !== undefined && tableExplains(log, accounting, first) ? first.feltFrom : undefined;
  const datagrams = lostOnTheWay(log, accounting.datagramsLost) ? udpFloods(log) : new Set<string>();
  return { accounting, first, evidence: { tableFullFrom, otherwise: otherwiseLost(log, accounting), datagrams } };
}

/** Whether the gateway's drops, and nobody else's, are what the clients felt. */
function tableExplains(log: RunLog, accounting: Accounting, { feltFrom }: Break): boolean {
  const { tables } = log;
  const { earlyDrop } = totalsOf(tables.gateway);
  // SYNs dropped in TIME_WAIT are no part of the books, but attempts feel them.
  const few = accounting.timeWaitDropped > 0 && accounting.kernelDrops + earlyDrop < unanswered(log, feltFrom) / 2;
  const elsewhere = [tables.client, tables.backend, tables.host].some((table) => totalsOf(table).drop > 0);
  const books = reconcile(accounting, earlyDrop);
  return !few && !elsewhere && books !== 'clients-saw-less' && books !== 'clients-saw-more';
}
