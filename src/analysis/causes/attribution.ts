import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { Splitter } from './apportion.ts';
import { evictedCounter, metFull } from './evicted.ts';
import type { LossCauses } from './loss-causes.ts';
import { type LossPart, partsOf, synLossDivider } from './syn-losses.ts';

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
 * Names the cause of every timed-out connect, of every datagram without an answer, of every request that a proxy did not answer
 * well and of every reset: the table where it evicted the flow; of the others, what other counters hold and the table as far as its drops explain the rest, else what the other
 * counters point to. All other causes are as the client saw them.
 */
export function attributeLosses(loads: readonly LoadRecord[], causes: LossCauses): AttributedLosses {
  const failures: NamedFailure[] = [];
  const delayed: Partial<Record<FailureCause, number>> = {};
  const evicted = evictedCounter(causes.evicted, causes);
  const nameFailed = failureNamer(causes);
  const nameDelayed = lostSyns(causes);
  for (const load of loads) {
    const { t, flood } = load;
    for (const [seen, count] of Object.entries(load.failed ?? {}) as [FailureCause, number][]) {
      const lost = evicted(seen, load, count);
      if (lost > 0) failures.push({ t, flood, cause: 'conntrack-evicted', count: lost });
      for (const part of nameFailed(seen, load, count - lost)) failures.push({ t, flood, ...part });
    }
    for (const { cause, count } of nameDelayed(load, load.delayed ?? 0)) delayed[cause] = (delayed[cause] ?? 0) + count;
  }
  return { failures, failed: countByCause(failures), delayed };
}

/** Failed attempts by cause, in the order in which the causes first came. */
export function countByCause(failures: readonly NamedFailure[]): CountsByCause {
  const counts: Partial<Record<FailureCause, number>> = {};
  for (const { cause, count } of failures) counts[cause] = (counts[cause] ?? 0) + count;
  return counts;
}

/** Names the causes of attempts that failed, those of evicted flows aside; asked once for every record and cause, in order. */
function failureNamer(causes: LossCauses): (seen: FailureCause, load: LoadRecord, count: number) => readonly LossPart[] {
  const syns = lostSyns(causes);
  const datagrams = new Splitter(causes.tableShare);
  const behindProxy = upstreamNamer(causes);
  return (seen, load, count) => {
    if (seen === 'connect-timeout') return syns(load, count);
    if (seen !== 'response-timeout' || !causes.udpFloods.has(load.flood)) return behindProxy(seen, load, count);
    const full = causes.datagrams.has(load.flood) && metFull(load, causes.tableFullFrom);
    const byTable = full ? datagrams.take(count) : 0;
    const others = causes.datagramsOtherwise ?? seen;
    return partsOf([
      ['conntrack-full', byTable],
      [others, count - byTable],
    ]);
  };
}

/** Names the causes of requests that failed although the client was connected. */
function upstreamNamer({ upstream, tableFullFrom }: LossCauses): ReturnType<typeof failureNamer> {
  const ports = new Splitter(upstream.ports);
  const table = new Splitter(upstream.table);
  return (seen, load, count) => {
    const withoutPort = seen === 'http-5xx' ? ports.take(count) : 0;
    const rest = count - withoutPort;
    const waited = seen === 'http-5xx' || seen === 'response-timeout';
    const byTable = waited && metFull(load, tableFullFrom) ? table.take(rest) : 0;
    return partsOf([
      ['upstream-ports-exhausted', withoutPort],
      ['conntrack-full', byTable],
      [seen, rest - byTable],
    ]);
  };
}

/** Names the causes of attempts that lost SYNs. */
function lostSyns(causes: LossCauses): (load: LoadRecord, count: number) => readonly LossPart[] {
  const divide = synLossDivider(causes);
  return (load, count) => (metFull(load, causes.tableFullFrom) ? divide(count) : partsOf([[causes.otherwise, count]]));
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
