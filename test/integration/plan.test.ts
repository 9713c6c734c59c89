import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlanReport } from '../../src/model/result/plan/plan.ts';
import { ctload, hostLimits, leavesHostAlone, temporaryFolder, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';
import { expectVerified, type Planned } from './support/verified.ts';

const PLANS: readonly Planned[] = [
  ['WebSockets plus short', ['--kube-proxy-version', '1.29', '--rate', '700', '--websockets', '60k'], [131_072, 262_144]],
];

describe('plan --verify on a real kernel: predicted within a tenth of measured', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(PLANS)('%s', (...plan) => expectVerified(plan));

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
