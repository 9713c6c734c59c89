import { describe, it } from 'vitest';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';
import { expectVerified, expectVerifiedToFit, type Planned } from '../support/verified.ts';

const PLANS: readonly Planned[] = [
  ['short only', ['--kube-proxy-version', 'none', '--rate', '2500', '--lifetime', '200ms'], [262_144, 262_144]],
  ['a leak', ['--kube-proxy-version', '1.29', '--leak-rate', '5', '--kernel', '5.10'], [131_072, 65_536]],
  [
    'as a proxy, two entries a request',
    ['--kube-proxy-version', 'none', '--dataplane', 'proxy', '--rate', '1300'],
    [262_144, 262_144],
  ],
];

describe('plan --verify on a real kernel: predicted within a tenth of measured', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(PLANS)('%s', (...plan) => expectVerified(plan));

  it('a mix that fits is verified as fitting', () => {
    const rates = ['--rate', '300', '--dns-qps', '300', '--leak-rate', '0.2'];
    return expectVerifiedToFit('--kube-proxy-version', 'none', '--websockets', '60k', ...rates);
  });

  it('a load that nearly fills the table is verified as fitting', () =>
    expectVerifiedToFit('--kube-proxy-version', '1.14', '--kernel', '4.15', '--rate', '950', '--headroom', '0'));
});
