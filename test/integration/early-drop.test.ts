import { describe, expect, it } from 'vitest';
import { expectPrediction, runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

/** N = 2048 entries in every case. */
const CASES = [
  { unassured: 1, buckets: 65_536, flags: [] },
  { unassured: 0.5, buckets: 16_384, flags: ['--set', 'gateway.conntrack.prefill=1024'] },
];

describe('early drop on a real kernel', skipFor(unfit), () => {
  it.each(CASES)('drops exp(−16·u·N/B) of the SYNs at u=$unassured, B=$buckets', async ({ unassured, buckets, flags }) => {
    const { summary, folder } = await runScenario('half-open.yaml', ['--set', `gateway.conntrack.buckets=${buckets}`, ...flags]);
    const { drop, earlyDrop, measuredDropShareWhenFull } = summary.conntrack;
    const law = Math.exp((-16 * unassured * 2048) / buckets);
    expect(drop + earlyDrop).toBeGreaterThan(2000);
    expect(Math.abs((measuredDropShareWhenFull ?? 0) - law)).toBeLessThan(0.03);
    expectPrediction(summary, folder, law, 0.03);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting.share).toBeCloseTo(1, 3);
    expect(summary.accounting.halfOpenLost).toBe(drop);
  });
});
