import type { LoadRecord } from '../../model/timeline/sample.ts';

export interface Delays {
  /** The same records, with no more delayed attempts than SYNs were retransmitted; the last ones are taken out. */
  readonly loads: readonly LoadRecord[];
  /** How many were taken out. */
  readonly noticedLate: number;
}

/**
 * An agent knows a delayed connection by the time it took; one that is too busy may take its own lateness for it. The client's
 * kernel counts every SYN it retransmits, and a delayed connection has one at least.
 * @param retransmitted SYNs; undefined where ctload cannot read the kernel's counters
 */
export function checkDelays(loads: readonly LoadRecord[], retransmitted: number | undefined): Delays {
  const delayed = loads.reduce((sum, load) => sum + (load.delayed ?? 0), 0);
  const noticedLate = Math.max(0, delayed - (retransmitted ?? delayed));
  let left = noticedLate;
  const kept = loads.toReversed().map((load) => {
    const taken = Math.min(left, load.delayed ?? 0);
    left -= taken;
    return taken === 0 ? load : { ...load, delayed: (load.delayed ?? 0) - taken };
  });
  return { loads: kept.toReversed(), noticedLate };
}
