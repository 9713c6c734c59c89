import { join } from 'node:path';
import { expect } from 'vitest';
import type { PlanReport } from '../../../src/model/result/plan/plan.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, temporaryFolder } from './ctload.ts';

/** A load, as flags of `ctload plan`, and the limit that the plan must give an m5.large for it. */
export type Planned = readonly [name: string, flags: readonly string[], limit: readonly [max: number, buckets: number]];

async function verified(...args: readonly string[]): Promise<PlanReport> {
  const folder = join(temporaryFolder(), 'plan');
  const { code, stdout, stderr } = await ctload(
    'plan',
    '--instance-type',
    'm5.large',
    ...args,
    '--verify',
    '--json',
    '--output',
    folder,
  );
  expect(code, stderr + stdout).toBe(0);
  const report = JSON.parse(stdout);
  expect(violations('plan', report)).toEqual([]);
  return report;
}

/** measured ÷ predicted − 1 of one row. */
function deviation({ verification }: PlanReport, quantity: RegExp): number {
  const row = verification?.rows.find((one) => quantity.test(one.quantity));
  return row?.deviation ?? expect.fail(`no measured ${quantity}: ${JSON.stringify(verification)}`);
}

/** Plans, measures, and expects each prediction within a tenth of what was measured. */
export async function expectVerified([, args, [max, buckets]]: Planned): Promise<void> {
  const plan = await verified(...args);
  expect(plan.limit).toMatchObject({ max, buckets });
  expect(plan.verification).toMatchObject({ ok: true });
  expect((plan.verification?.max ?? 0) / (plan.verification?.buckets ?? 1)).toBeCloseTo(max / buckets, 6);
  for (const quantity of [/^time to full/, /^rate when it breaks/, /^entries per connection/]) {
    expect(Math.abs(deviation(plan, quantity)), String(quantity)).toBeLessThanOrEqual(0.1);
  }
}

/** Plans a load that fits, runs it, and expects its peak to be no more than a tenth above the prediction and no packet dropped. */
export async function expectVerifiedToFit(...args: readonly string[]): Promise<void> {
  const plan = await verified(...args);
  expect(plan.load.holds).toBe(true);
  expect(plan.verification).toMatchObject({ ok: true });
  expect(deviation(plan, /^peak entries/)).toBeLessThanOrEqual(0.1);
  expect(plan.verification?.rows.find(({ quantity }) => quantity === 'packets dropped')?.measured).toBe(0);
}
