import { timeoutSeconds } from '../../model/input/timeouts.ts';
import type { Estimate } from '../../model/result/observed-load.ts';
import { formatDuration } from '../../model/units.ts';
import { ENOUGH, rateOf } from './arrivals.ts';
import type { BySeconds } from './census.ts';
import { quantile } from './quantile.ts';

/** How long ESTABLISHED connections have been idle. */
export interface Idle {
  /** Idle for less than the stale ones. */
  readonly inUse: number;
  /** Of those, what is not on its way to turn stale. */
  readonly held: number;
  readonly stale: number;
  /** With data on the way that was not acknowledged. */
  readonly unacknowledged: number;
  /** Connections per second that turn stale and stay. */
  readonly leakRate: Estimate;
  /** Seconds that this share of them has been idle at most; null if there are none. */
  quantile(share: number): number | null;
  /** tcp_established as the entries show it, if it is not the given one. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly doubts: readonly string[];
}

/** What tcp_established is set to: by kube-proxy, by the kernel (nf_conntrack_proto_tcp.c). */
const USUAL = [86_400, 432_000];
/** Stale connections look back an hour at most: what leaked a day ago says little of the rate. */
const LONGEST_SPAN = 3600;

/**
 * Every packet sets the timer of an ESTABLISHED connection to tcp_established, so it has been idle for what it lacks of that. While
 * data is not acknowledged, or is retransmitted, the timer is tcp_unacknowledged or tcp_max_retrans instead.
 */
export function idleOf(left: BySeconds, timeouts: Readonly<Record<string, number>>, staleAfterSeconds: number): Idle {
  const given = timeoutSeconds('tcp_established', timeouts);
  const timeout = timeoutThere(left, given);
  const short = Math.max(timeoutSeconds('tcp_unacknowledged', timeouts), timeoutSeconds('tcp_max_retrans', timeouts));
  const idle: [seconds: number, entries: number][] = [];
  let unacknowledged = 0;
  for (const [seconds, entries] of left.counts().reverse()) {
    if (seconds <= short && timeout > 4 * short) unacknowledged += entries;
    else idle.push([Math.max(0, timeout - seconds - 1), entries]);
  }
  const known = idle.reduce((sum, [, entries]) => sum + entries, 0);
  const among = (from: number, to: number) =>
    idle.reduce((sum, [age, entries]) => (age >= from && age < to ? sum + entries : sum), 0);
  const stale = among(staleAfterSeconds, Number.POSITIVE_INFINITY);
  const [most] = idle.at(-1) ?? [0];
  const span = Math.min(LONGEST_SPAN, Math.max(1, most - staleAfterSeconds)); // of the last second only a part is there
  const leakRate = stale === 0 ? rateOf(0, LONGEST_SPAN) : rateOf(among(staleAfterSeconds, staleAfterSeconds + span), span);
  const inUse = known - stale + unacknowledged;
  // What turns stale has been idle for that long before. Only a record as long as that says how many there are now.
  const turning = span >= staleAfterSeconds ? leakRate.value * staleAfterSeconds : 0;
  return {
    inUse,
    held: Math.max(0, inUse - turning),
    stale,
    unacknowledged,
    leakRate,
    quantile: (share) => quantile(idle, share),
    timeouts: timeout === given ? {} : { tcp_established: timeout },
    doubts:
      timeout === given
        ? []
        : [
            `tcp_established is taken to be ${formatDuration(timeout)} on that node, because its entries have ${formatDuration(left.longest)} left at most; given or assumed: ${formatDuration(given)}`,
          ],
  };
}

/**
 * tcp_established of the node that was listed. Nothing can have more left than that; and where many connections are open, some have
 * just been used, so that it is not much more than the longest.
 */
function timeoutThere({ entries, longest }: BySeconds, given: number): number {
  const possible = (entries < ENOUGH ? [given, ...USUAL.filter((one) => one > given)] : [given, ...USUAL]).sort((a, b) => a - b);
  return possible.find((one) => one >= longest) ?? longest;
}
