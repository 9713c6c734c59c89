import { expect } from 'vitest';
import { runScenario } from './ctload.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

/** Attempts are abandoned soon after one retransmitted SYN. */
function burst(seconds: number, target: number): string[] {
  return [
    ...set(`floods.requests.stages=[{duration: ${seconds}s, target: ${target}}]`),
    ...set('floods.requests.connectTimeout=1500ms'),
  ];
}

/** Tables from small to large, and loads that fill each in a few seconds. */
export const SIZES = [
  { max: 7, flags: burst(2, 100) },
  { max: 1337, flags: burst(3, 1000) },
  {
    max: 20000,
    flags: [...burst(4, 1200), ...set('gateway.conntrack.prefill=18000')],
  },
];

/** The same by stale connections, whose entries stay ESTABLISHED. */
export const STALE_SIZES = [
  { max: 7, flags: stale(50, 2) },
  { max: 1337, flags: stale(500, 4) },
  { max: 20000, flags: [...stale(700, 4), ...set('gateway.conntrack.prefill=18000')] },
];

function stale(rate: number, seconds: number): string[] {
  return [
    ...set(`floods.leaked.rate=${rate}`),
    ...set(`floods.leaked.duration=${seconds}s`),
    ...set('floods.leaked.connectTimeout=1500ms'),
  ];
}

/** Runs a scenario against a table of one of the sizes and expects it to break there. */
export async function breaksAt(
  { max, flags }: (typeof SIZES)[number],
  method: 'sysctl' | 'ballast',
  scenario = 'burst.yaml',
): Promise<void> {
  const { summary } = await runScenario(scenario, [
    ...set(`gateway.conntrack.method=${method}`),
    ...set(`gateway.conntrack.max=${max}`),
    ...flags,
  ]);
  expect(summary.verdict.kind).toBe('broke');
  expect(Math.abs((summary.breakingPoint?.entries ?? 0) - max)).toBeLessThanOrEqual(Math.max(2, max * 0.005));
  expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(max);
}
