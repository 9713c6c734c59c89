import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlanReport } from '../../src/model/result/plan.ts';
import { violations } from '../schemas/violations.ts';
import { ctload, hostLimits, leavesHostAlone, temporaryFolder, unfit } from './support/ctload.ts';

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

describe.skipIf(unfit)('plan --verify on a real kernel: predicted within a tenth of measured', () => {
  leavesHostAlone();

  it.each([
    ['short only', ['--kube-proxy-version', 'none', '--rate', '800', '--lifetime', '200ms'], [262_144, 262_144]],
    ['WebSockets plus short', ['--rate', '400', '--websockets', '60k'], [131_072, 262_144]],
    [
      'as a proxy, two entries a request',
      ['--kube-proxy-version', 'none', '--dataplane', 'proxy', '--rate', '700'],
      [262_144, 262_144],
    ],
    ['a leak', ['--leak-rate', '5', '--kernel', '5.10'], [131_072, 65_536]],
  ])('%s', async (_, args, [max = 0, buckets = 0]) => {
    const plan = await verified(...args);
    expect(plan.limit).toMatchObject({ max, buckets });
    expect(plan.verification).toMatchObject({ ok: true });
    expect((plan.verification?.max ?? 0) / (plan.verification?.buckets ?? 1)).toBeCloseTo(max / buckets, 6);
    for (const quantity of [/^time to full/, /^rate when it breaks/, /^entries per connection/]) {
      expect(Math.abs(deviation(plan, quantity)), String(quantity)).toBeLessThanOrEqual(0.1);
    }
  });

  // The keys are writable only where the host's own are. A plan for this machine with nothing to hold asks for what it has.
  it('the sysctl file applies with sysctl -p', async () => {
    const before = hostLimits();
    const { code, stdout, stderr } = await ctload('plan', '--here', '--json');
    expect(code, stderr).toBe(0);
    const { paste } = JSON.parse(stdout) as PlanReport;
    const file = join(temporaryFolder(), '90-conntrack.conf');
    writeFileSync(file, paste['90-conntrack.conf'] ?? '');
    const said = execFileSync('sysctl', ['-p', file], { encoding: 'utf8' });
    const [, buckets, max] =
      /^net\.netfilter\.nf_conntrack_buckets = (\d+)\nnet\.netfilter\.nf_conntrack_max = (\d+)\n$/.exec(said) ?? [];
    expect(`max ${max} buckets ${buckets}`).toBe(before);
  });
});
