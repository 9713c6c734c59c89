import { expect } from 'vitest';
import { expectPrediction, runScenario } from './ctload.ts';

/** A table of 2,048 entries drops exp(−16·u·N/B) of the SYNs that meet it full, where `unassured` is u and `buckets` is B. */
export async function dropsByTheLaw(unassured: number, buckets: number, flags: readonly string[] = []): Promise<void> {
  const { summary, folder } = await runScenario('half-open.yaml', ['--set', `gateway.conntrack.buckets=${buckets}`, ...flags]);
  const { drop, earlyDrop, measuredDropShareWhenFull } = summary.conntrack;
  const law = Math.exp((-16 * unassured * 2048) / buckets);
  expect(drop + earlyDrop).toBeGreaterThan(2000);
  expect(Math.abs((measuredDropShareWhenFull ?? 0) - law)).toBeLessThan(0.03);
  expectPrediction(summary, folder, law, 0.03);
  expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
  expect(summary.accounting.share).toBeCloseTo(1, 3);
  expect(summary.accounting.halfOpenLost).toBe(drop);
}
