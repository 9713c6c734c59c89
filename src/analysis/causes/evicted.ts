import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import type { Evictions } from '../accounting/evictions.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import { Splitter } from './apportion.ts';

/** Share of the failures of one kind that is due to evictions, 0 to 1: of attempts due before the table dropped anything, and since. */
interface Shares {
  readonly before: number;
  readonly since: number;
}

/** How much of what clients missed is due to evicted flows. */
export interface EvictedShares {
  /** Outcomes known before then are not. */
  readonly fromSeconds: number;
  readonly datagrams: Shares;
  readonly resets: Shares;
  /** Answers to datagrams that ended at the gateway. */
  readonly answers: number;
}

export interface EvictedInputs {
  readonly loads: readonly LoadRecord[];
  readonly evictions: Evictions;
  /** Share of the answers to datagrams that came in time, 0 to 1. */
  readonly inTime: number;
  /** Names of the floods of kind udp. */
  readonly udpFloods: ReadonlySet<string>;
  /** Attempts due from here on met a table that dropped; undefined when it did not. */
  readonly tableFullFrom: number | undefined;
}

/**
 * Compares what the gateway's stack received after evictions with what clients missed: answers to datagrams, and connections that
 * were reset. Never more than were evicted, and of the answers only those that somebody still waited for. An attempt that was due before the table dropped anything was not dropped, so those are
 * explained first; what is left is spread evenly over the others.
 */
export function evictedShares({ loads, evictions, inTime, udpFloods, tableFullFrom }: EvictedInputs): EvictedShares {
  const { evicted, fromSeconds, datagramsEnded, resetsSent } = evictions;
  const sharesOf = (ended: number, missed: (load: LoadRecord) => number): Shares & { readonly explained: number } => {
    let [before, since] = [0, 0];
    for (const load of loads) {
      if (load.at <= fromSeconds) continue;
      if (metFull(load, tableFullFrom)) since += missed(load);
      else before += missed(load);
    }
    const explained = Math.min(ended, evicted, before + since);
    const first = Math.min(explained, before);
    return { before: shareOf(first, before), since: shareOf(explained - first, since), explained };
  };
  const datagrams = sharesOf(Math.round(datagramsEnded * inTime), ({ flood, failed }) =>
    udpFloods.has(flood) ? (failed?.['response-timeout'] ?? 0) : 0,
  );
  const resets = sharesOf(resetsSent, ({ failed }) => failed?.reset ?? 0);
  return { fromSeconds, datagrams, resets, answers: datagrams.explained };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Whether the attempts of a record may have met a table that dropped. */
export function metFull({ t }: LoadRecord, tableFullFrom: number | undefined): boolean {
  return tableFullFrom !== undefined && t + LOAD_BUCKET > tableFullFrom;
}

/** How many failures of a record are due to evictions; asked once for every record and cause, in order. */
export type EvictedCount = (seen: FailureCause, load: LoadRecord, count: number) => number;

/** Divides failures by `shares` into whole numbers that add up. */
export function evictedCounter(shares: EvictedShares, inputs: Pick<EvictedInputs, 'udpFloods' | 'tableFullFrom'>): EvictedCount {
  const { datagrams, resets, fromSeconds } = shares;
  const answers = { before: new Splitter(datagrams.before), since: new Splitter(datagrams.since) };
  const closed = { before: new Splitter(resets.before), since: new Splitter(resets.since) };
  return (seen, load, count) => {
    if (load.at <= fromSeconds) return 0;
    const when = metFull(load, inputs.tableFullFrom) ? 'since' : 'before';
    if (seen === 'response-timeout' && inputs.udpFloods.has(load.flood)) return answers[when].take(count);
    return seen === 'reset' ? closed[when].take(count) : 0;
  };
}
