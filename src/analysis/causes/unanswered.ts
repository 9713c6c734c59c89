import type { LoadRecord } from '../../model/timeline/sample.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import type { TableRows } from '../log/table-rows.ts';

/** Attempts that were due from `from` on and timed out or were connected only by a retransmitted SYN. */
export function unanswered(loads: readonly LoadRecord[], from = Number.NEGATIVE_INFINITY): number {
  return loads.reduce((sum, load) => (load.t + LOAD_BUCKET > from ? sum + unansweredOf(load) : sum), 0);
}

/**
 * How many of them were due while the table dropped packets: a sample from their bucket on, up to `lateSeconds` after it, shows
 * more drops than the one before.
 */
export function unansweredWhileDropping(loads: readonly LoadRecord[], samples: TableRows, lateSeconds: number): number {
  const rises = dropTimes(samples);
  return loads.reduce((sum, load) => {
    const next = rises[firstFrom(rises, load.t)];
    const met = next !== undefined && next <= load.t + LOAD_BUCKET + lateSeconds;
    return met ? sum + unansweredOf(load) : sum;
  }, 0);
}

function unansweredOf({ failed, delayed = 0 }: LoadRecord): number {
  return (failed?.['connect-timeout'] ?? 0) + delayed;
}

function dropTimes(samples: TableRows): number[] {
  const times: number[] = [];
  let before = 0;
  for (const { t, drop } of samples) {
    if (drop > before) times.push(t);
    before = drop;
  }
  return times;
}

/** Index of the first of `times`, in order, that is not before `t`. */
function firstFrom(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
