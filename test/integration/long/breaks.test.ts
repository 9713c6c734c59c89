import { describe, expect, it } from 'vitest';
import { expectBalanced, runByBallast, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('ctload run by ballast, entries in TIME_WAIT', skipFor(unfit), () => {
  it('finds the same point of smoke.yaml as by sysctl', async () => {
    const { summary } = await runByBallast('smoke.yaml');
    expect(summary.conntrack.method).toBe('ballast');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });
});
