import { percent } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

const SIGNALS = { latency: 'connect times rise', 'early-drop': 'the kernel evicts' } as const;

/** Evictions start with the full table: nothing to report. */
const FULL = 0.99;

/** From which utilization on clients noticed the table before it was full. */
export function kneeLines({ knees: { early } }: Summary): [string, string][] {
  if (early === null || early.utilization >= FULL) return [];
  const [low, high] = early.interval;
  return [
    [
      'Early sign',
      `${SIGNALS[early.signal]} from ${percent(early.utilization)} table utilization on (${percent(low)} to ${percent(high)})`,
    ],
  ];
}
