import { describe, expect, it } from 'vitest';
import { expectBalanced, leavesHostAlone, runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

/** The one lab of `npm run test:quick`. */
describe('ctload run on a real kernel', skipFor(unfit), () => {
  leavesHostAlone();

  it('finds the point of smoke.yaml', async () => {
    const { summary } = await runScenario('smoke.yaml', ['--set', 'gateway.conntrack.method=sysctl']);
    expect(summary.conntrack.method).toBe('sysctl');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });
});
