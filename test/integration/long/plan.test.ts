import { describe, it } from 'vitest';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';
import { expectVerified, type Planned } from '../support/verified.ts';

const PLANS: readonly Planned[] = [
  ['short only', ['--kube-proxy-version', 'none', '--rate', '800', '--lifetime', '200ms'], [262_144, 262_144]],
  ['a leak', ['--leak-rate', '5', '--kernel', '5.10'], [131_072, 65_536]],
];

describe('plan --verify on a real kernel: predicted within a tenth of measured', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(PLANS)('%s', (...plan) => expectVerified(plan));
});
