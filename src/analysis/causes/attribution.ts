import type { Accounting } from '../../model/result/summary.ts';
import { type AttemptCounts, type FailureCause, totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** What may stand behind a SYN without an answer, as the counters of the run tell. */
export interface Evidence {
  /** Attempts due from here on met a table that dropped; undefined when it did not or does not explain the clients' side. */
  readonly tableFullFrom: number | undefined;
  /** What became of the SYNs that no table dropped. */
  readonly otherwise: FailureCause;
  /** Floods whose missing answers are put down to the table as unanswered SYNs are. */
  readonly datagrams: ReadonlySet<string>;
}

/** SYNs the backend refused to queue. */
export function listenDrops({ netstat }: RunLog): number {
  return Math.max(rise(netstat.backend, 'TcpExtListenDrops'), rise(netstat.backend, 'TcpExtListenOverflows'));
}

/** Packets that met no route: routing answers with an ICMP message, but no more than one a second to each client. */
function routeless({ netstat }: RunLog): number {
  const hosts = [netstat.client, netstat.gateway, netstat.backend];
  return hosts.reduce((sum, records) => sum + rise(records, 'IpExtInNoRoutes') + rise(records, 'IpOutNoRoutes'), 0);
}

/** Attempts that were due from `from` on and timed out or had to repeat their SYN. */
export function unanswered({ loads }: RunLog, from = Number.NEGATIVE_INFINITY): number {
  return loads.reduce((sum, load) => {
    const count = (load.failed?.['connect-timeout'] ?? 0) + (load.delayed ?? 0);
    return load.t + LOAD_BUCKET > from ? sum + count : sum;
  }, 0);
}

/**
 * What made SYNs go unanswered that no conntrack table dropped: no route or a listen queue that overflowed, where a counter
 * holds at least half of what the clients are missing beyond the table's drops; else it stays `connect-timeout`. Most SYNs that
 * meet TIME_WAIT are felt by nobody, so they are weighed by attempts: the backend's ACK makes the client repeat a first SYN within
 * milliseconds (tcp_rcv_synsent_state_process).
 */
export function otherwiseLost(log: RunLog, { explainedByClients, kernelDrops, timeWaitDropped }: Accounting): FailureCause {
  const felt = Math.min(timeWaitDropped, unanswered(log));
  const missing = Math.max(1, explainedByClients - kernelDrops, felt);
  const [most] = [
    { cause: 'unreachable' as const, count: routeless(log) },
    { cause: 'listen-overflow' as const, count: listenDrops(log) },
  ].sort((a, b) => b.count - a.count);
  return most !== undefined && most.count >= missing / 2 ? most.cause : 'connect-timeout';
}

/**
 * Names the cause of every timed-out connect, and of every datagram without an answer: the table where it dropped and the
 * books agree, else what the other counters point to. All other causes are as the client saw them.
 */
export function attribute(loads: readonly LoadRecord[], evidence: Evidence): Partial<Record<FailureCause, number>> {
  const failures: Partial<Record<FailureCause, number>> = {};
  for (const load of loads) {
    for (const [cause, count] of Object.entries(load.failed ?? {})) {
      const named = causeFor(cause as FailureCause, load, evidence);
      if (count > 0) failures[named] = (failures[named] ?? 0) + count;
    }
  }
  return failures;
}

/** The same for the attempts that connected only after they had repeated their SYN. */
export function attributeDelays(loads: readonly LoadRecord[], evidence: Evidence): Partial<Record<FailureCause, number>> {
  const delays: Partial<Record<FailureCause, number>> = {};
  for (const load of loads) {
    const cause = lostSynCause(load, evidence);
    if (load.delayed !== undefined) delays[cause] = (delays[cause] ?? 0) + load.delayed;
  }
  return delays;
}

function causeFor(cause: FailureCause, load: LoadRecord, evidence: Evidence): FailureCause {
  if (cause === 'connect-timeout') return lostSynCause(load, evidence);
  return cause === 'response-timeout' && evidence.datagrams.has(load.flood) && metFull(load, evidence) ? 'conntrack-full' : cause;
}

function lostSynCause(load: LoadRecord, evidence: Evidence): FailureCause {
  return metFull(load, evidence) ? 'conntrack-full' : evidence.otherwise;
}

function metFull({ t }: LoadRecord, { tableFullFrom }: Evidence): boolean {
  return tableFullFrom !== undefined && t + LOAD_BUCKET > tableFullFrom;
}

/** Causes that lie with the machine that makes the load, not with the gateway. */
const GENERATORS_OWN: readonly FailureCause[] = ['ports-exhausted', 'fds-exhausted'];

export function generatorFailures(failures: Partial<Record<FailureCause, number>>): number {
  return GENERATORS_OWN.reduce((sum, cause) => sum + (failures[cause] ?? 0), 0);
}

/** The most frequent cause; null when there is none. */
export function mainCause(failures: Partial<Record<FailureCause, number>>): FailureCause | null {
  const [most] = Object.entries(failures).sort(([, a], [, b]) => b - a);
  return most === undefined ? null : (most[0] as FailureCause);
}

/** Share of the attempts begun that failed. */
export function failedShare(counts: AttemptCounts): number {
  return counts.attempted === 0 ? 0 : totalFailed(counts) / counts.attempted;
}
