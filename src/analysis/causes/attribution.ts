import { type AttemptCounts, type FailureCause, totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { Splitter } from './apportion.ts';
import { evictedCounter, metFull } from './evicted.ts';
import type { LossCauses } from './loss-causes.ts';

export type CountsByCause = Readonly<Partial<Record<FailureCause, number>>>;

/** Failed attempts of one load record, their cause named. */
export interface NamedFailure {
  /** Start of the bucket the attempts were due in, seconds. */
  readonly t: number;
  readonly flood: string;
  readonly cause: FailureCause;
  readonly count: number;
}

/** Every failed or delayed attempt under one cause. */
export interface AttributedLosses {
  /** In the order of the records. */
  readonly failures: readonly NamedFailure[];
  readonly failed: CountsByCause;
  /** Attempts that connected only by a retransmitted SYN. */
  readonly delayed: CountsByCause;
}

/**
 * Names the cause of every timed-out connect, of every datagram without an answer and of every reset: the table where it evicted
 * the flow; of the others, the table as far as its drops explain them, else what the other counters point to. All other causes
 * are as the client saw them.
 */
export function attributeLosses(loads: readonly LoadRecord[], causes: LossCauses): AttributedLosses {
  const failures: NamedFailure[] = [];
  const delayed: Partial<Record<FailureCause, number>> = {};
  const evicted = evictedCounter(causes.evicted, causes);
  const failedShare = new Splitter(causes.tableShare);
  const delayedShare = new Splitter(causes.tableShare);
  for (const load of loads) {
    const { t, flood } = load;
    const full = metFull(load, causes.tableFullFrom);
    for (const [seen, count] of Object.entries(load.failed ?? {}) as [FailureCause, number][]) {
      const lost = evicted(seen, load, count);
      if (lost > 0) failures.push({ t, flood, cause: 'conntrack-evicted', count: lost });
      const left = count - lost;
      const byTable = full && mayBeTable(seen, load, causes) ? failedShare.take(left) : 0;
      if (byTable > 0) failures.push({ t, flood, cause: 'conntrack-full', count: byTable });
      const cause = seen === 'connect-timeout' ? causes.otherwise : seen;
      if (left > byTable) failures.push({ t, flood, cause, count: left - byTable });
    }
    if (load.delayed === undefined) continue;
    const byTable = full ? delayedShare.take(load.delayed) : 0;
    if (byTable > 0) delayed['conntrack-full'] = (delayed['conntrack-full'] ?? 0) + byTable;
    const others = load.delayed - byTable;
    if (others > 0) delayed[causes.otherwise] = (delayed[causes.otherwise] ?? 0) + others;
  }
  return { failures, failed: countByCause(failures), delayed };
}

/** Failed attempts by cause, in the order in which the causes first came. */
export function countByCause(failures: readonly NamedFailure[]): CountsByCause {
  const counts: Partial<Record<FailureCause, number>> = {};
  for (const { cause, count } of failures) counts[cause] = (counts[cause] ?? 0) + count;
  return counts;
}

/** Whether a failure may be a SYN or a datagram that a full table dropped. */
function mayBeTable(seen: FailureCause, { flood }: LoadRecord, { datagrams }: LossCauses): boolean {
  return seen === 'connect-timeout' || (seen === 'response-timeout' && datagrams.has(flood));
}

/** Causes that lie with the machine that makes the load, not with the gateway. */
const GENERATORS_OWN: readonly FailureCause[] = ['ports-exhausted', 'fds-exhausted'];

/** Failed attempts that the machine which makes the load is to blame for. */
export function generatorFailures(failures: CountsByCause): number {
  return GENERATORS_OWN.reduce((sum, cause) => sum + (failures[cause] ?? 0), 0);
}

/** The most frequent cause; null when there is none. */
export function mainCause(failures: CountsByCause): FailureCause | null {
  const [most] = Object.entries(failures).sort(([, a], [, b]) => b - a);
  return most === undefined ? null : (most[0] as FailureCause);
}

/** Share of the started attempts that failed. */
export function failedShare(counts: AttemptCounts): number {
  return counts.attempted === 0 ? 0 : totalFailed(counts) / counts.attempted;
}
