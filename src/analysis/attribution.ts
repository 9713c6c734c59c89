import { type AttemptCounts, type FailureCause, totalFailed } from '../model/attempt.ts';
import type { LoadRecord } from '../model/sample.ts';
import { LOAD_BUCKET } from './load.ts';
import { type RunLog, rise } from './run-log.ts';

/** What may stand behind a connect timeout, as the counters of the run tell. */
export interface Evidence {
  /** Attempts due from here on met a table that dropped; undefined when it did not or does not explain the clients' side. */
  readonly tableFullFrom: number | undefined;
  /** SYNs the backend refused to queue. */
  readonly listenDrops: number;
}

export function listenDrops(log: RunLog): number {
  return Math.max(rise(log.netstat.backend, 'TcpExtListenDrops'), rise(log.netstat.backend, 'TcpExtListenOverflows'));
}

/**
 * Names the cause of every timed-out connect: the table where it dropped and the books agree, else a listen queue that
 * overflowed; without either it stays `connect-timeout`. All other causes are as the client saw them.
 */
export function attribute(loads: readonly LoadRecord[], evidence: Evidence): Partial<Record<FailureCause, number>> {
  const failures: Partial<Record<FailureCause, number>> = {};
  for (const load of loads) {
    for (const [cause, count] of Object.entries(load.failed ?? {})) {
      const named = cause === 'connect-timeout' ? timeoutCause(load, evidence) : (cause as FailureCause);
      if (count > 0) failures[named] = (failures[named] ?? 0) + count;
    }
  }
  return failures;
}

function timeoutCause(load: LoadRecord, evidence: Evidence): FailureCause {
  const { tableFullFrom, listenDrops } = evidence;
  if (tableFullFrom !== undefined && load.t + LOAD_BUCKET > tableFullFrom) return 'conntrack-full';
  return listenDrops > 0 ? 'listen-overflow' : 'connect-timeout';
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
