import { percent } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

const SIGNALS = { latency: 'connect times rise', 'early-drop': 'the kernel evicts' } as const;

/** Evictions begin with the full table: that is no news. */
const FULL = 0.99;

/** From where on the table was felt before it was full. */
export function kneeLines({ knees: { early } }: Summary): [string, string][] {
  if (early === null || early.utilization >= FULL) return [];
  const [low, high] = early.interval;
  return [
    [
      'Early knee',
      `${SIGNALS[early.signal]} from ${percent(early.utilization)} of the table on (${percent(low)} to ${percent(high)})`,
    ],
  ];
}
