import { expect } from 'vitest';
import { runScenario } from './ctload.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

/** Attempts give up soon after one repeated SYN. */
const QUICK = set('floods.requests.connectTimeout=1500ms');

/** Tables from small to large, and loads that fill each in a few seconds. */
export const SIZES = [
  { max: 7, flags: set('floods.requests.stages=[{duration: 2s, target: 100}]') },
  { max: 1337, flags: set('floods.requests.stages=[{duration: 3s, target: 1000}]') },
  {
    max: 20000,
    flags: [...set('floods.requests.stages=[{duration: 4s, target: 1200}]'), ...set('gateway.conntrack.prefill=18000')],
  },
];

/** Runs burst.yaml against a table of one of SIZES and expects it to break there. */
export async function breaksAt({ max, flags }: (typeof SIZES)[number], method: 'sysctl' | 'ballast'): Promise<void> {
  const { summary } = await runScenario('burst.yaml', [
    ...set(`gateway.conntrack.method=${method}`),
    ...set(`gateway.conntrack.max=${max}`),
    ...flags,
    ...QUICK,
  ]);
  expect(summary.verdict.kind).toBe('broke');
  expect(Math.abs((summary.breakingPoint?.entries ?? 0) - max)).toBeLessThanOrEqual(Math.max(2, max * 0.005));
  expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(max);
}
