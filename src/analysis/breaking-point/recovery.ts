import type { Recovery } from '../../model/result/recovery.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

/** Seconds of load from the recovery on without which nothing is known. */
const LEAST_SECONDS = 1;
const ENOUGH = LEAST_SECONDS - LOAD_BUCKET / 2; // sums of 0.1 are not exact
/** Share of the attempts of 100 ms that may fail or be delayed although the table takes new connections. */
const TOLERATED = 0.01;
/** Attempts of neighbouring buckets that are judged together. */
const TOGETHER = 100;
/** By how many standard deviations chance may exceed the share from before the break. */
const DEVIATIONS = 3;

interface Bucket {
  attempted: number;
  bad: number;
}

/**
 * The first moment after the break from which on, to the end of the load, no more attempts failed or were delayed than before the
 * break. Attempts count by their scheduled start: those that wait for a retransmitted SYN are of the time before.
 */
export function findRecovery({ meta, loads, actions }: Pick<RunLog, 'meta' | 'loads' | 'actions'>, breakAt: number): Recovery {
  const buckets = waitingAttempts(meta, loads);
  const isAsBefore = comparison(buckets, breakAt);
  const after = [...buckets].filter(([number]) => (number + 1) * LOAD_BUCKET > breakAt).sort(([a], [b]) => a - b);
  const judged = after.map(([number], index) => [number, staysAsBefore(after, index, isAsBefore)] as const);
  const lastBad = judged.findLast(([, asBefore]) => !asBefore)?.[0] ?? Math.ceil(breakAt / LOAD_BUCKET) - 1;
  const since = after.filter(([number]) => number > lastBad);
  const from = round((lastBad + 1) * LOAD_BUCKET);
  const end = ((since.at(-1)?.[0] ?? lastBad) + 1) * LOAD_BUCKET;
  const attemptsSince = since.reduce((sum, [, { attempted }]) => sum + attempted, 0);
  const relief = longestRelief(judged.filter(([number]) => number <= lastBad));
  // Where many were delayed before the break, of few attempts all may fail and still be as before.
  const tellsNothing = isAsBefore({ attempted: attemptsSince, bad: attemptsSince });
  const lastSecondsAsBefore = tellsNothing ? 0 : round(Math.max(0, end - from));
  if (lastSecondsAsBefore < ENOUGH)
    return { ...NOT_YET, lastSecondsAsBefore, relief, lastDelayedAtSeconds: lastDelayed(loads, end) };
  const action = actions.findLast(({ t }) => t < from + LOAD_BUCKET);
  return {
    atSeconds: from,
    afterBreakSeconds: Math.max(0, from - breakAt),
    afterActionSeconds: action === undefined || action.t <= breakAt ? null : Math.max(0, from - action.t),
    lastDelayedAtSeconds: lastDelayed(loads, from),
    lastSecondsAsBefore,
    attemptsSince,
    relief,
  };
}

const NOT_YET = { atSeconds: null, afterBreakSeconds: null, afterActionSeconds: null, attemptsSince: 0 };

/** By 100 ms of their scheduled start, those whose client waits for an answer: of others nothing is known. */
function waitingAttempts(meta: RunLog['meta'], loads: readonly LoadRecord[]): Map<number, Bucket> {
  const unheard = new Set(
    meta.scenario.floods
      .filter(({ kind, answerTimeoutSeconds }) => kind === 'half-open' || (kind === 'udp' && answerTimeoutSeconds === undefined))
      .map(({ name }) => name),
  );
  const buckets = new Map<number, Bucket>();
  for (const { flood, t, attempted = 0, failed = {}, delayed = 0 } of loads) {
    if (unheard.has(flood)) continue;
    const number = Math.round(t / LOAD_BUCKET);
    const bucket = buckets.get(number) ?? { attempted: 0, bad: 0 };
    bucket.attempted += attempted;
    bucket.bad += totalFailed({ failed }) + delayed;
    buckets.set(number, bucket);
  }
  for (const [number, { attempted }] of buckets) if (attempted === 0) buckets.delete(number);
  return buckets;
}

/** Whether the attempts of 100 ms fared as those before the break, but for chance. */
function comparison(buckets: ReadonlyMap<number, Bucket>, breakAt: number): (bucket: Bucket) => boolean {
  let attempted = 0;
  let bad = 0;
  for (const [number, bucket] of buckets) {
    if ((number + 1) * LOAD_BUCKET > breakAt) continue;
    attempted += bucket.attempted;
    bad += bucket.bad;
  }
  const share = attempted === 0 ? 0 : Math.min(1, bad / attempted);
  return (bucket) => {
    const usual = share * bucket.attempted;
    const chance = DEVIATIONS * Math.sqrt(usual * (1 - share));
    return bucket.bad <= Math.max(TOLERATED * bucket.attempted, usual + chance);
  };
}

/** Whether the attempts of a bucket fared as before, and together with those of the next ones, too: single ones show little. */
function staysAsBefore(
  buckets: readonly (readonly [number: number, Bucket])[],
  first: number,
  isAsBefore: (bucket: Bucket) => boolean,
): boolean {
  let attempted = 0;
  let bad = 0;
  for (let index = first; index < buckets.length && (index === first || attempted < TOGETHER); index++) {
    const bucket = buckets[index]?.[1];
    attempted += bucket?.attempted ?? 0;
    bad += bucket?.bad ?? 0;
    if (!isAsBefore({ attempted, bad })) return false;
  }
  return true;
}

/** The longest run of buckets that fared as before the break. */
function longestRelief(buckets: readonly (readonly [number: number, asBefore: boolean])[]): Recovery['relief'] {
  let best: Recovery['relief'] = null;
  let from: number | undefined;
  for (const [number, asBefore] of buckets) {
    if (asBefore) {
      from ??= number;
      continue;
    }
    const seconds = from === undefined ? 0 : (number - from) * LOAD_BUCKET;
    if (from !== undefined && seconds >= ENOUGH && seconds > (best === null ? 0 : best.untilSeconds - best.fromSeconds)) {
      best = { fromSeconds: round(from * LOAD_BUCKET), untilSeconds: round(number * LOAD_BUCKET) };
    }
    from = undefined;
  }
  return best;
}

/** When the last of the attempts scheduled before `until` that needed a retransmitted SYN had connected. */
function lastDelayed(loads: readonly LoadRecord[], until: number): number | null {
  const times = loads.filter(({ t, delayed = 0 }) => delayed > 0 && t < until).map(({ at }) => at);
  return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
}

function round(t: number): number {
  return Math.round(t * 1000) / 1000;
}
