import { expect, test } from 'vitest';
import { requireActions } from '../../../src/lab/actions.ts';
import { reserveCapacity } from '../../../src/lab/capacity/capacity.ts';
import { here } from '../../../src/platform/exec.ts';

test('timeouts are refused where sysctls are read-only, anything else is not', () => {
  const timeouts = [{ timeouts: { tcp_time_wait: 10 } }];
  expect(() => requireActions(timeouts, 'docker')).toThrow('not available with the docker driver');
  for (const driver of ['netns', 'vm'] as const) requireActions(timeouts, driver);
  requireActions([{ max: 900 }, { flush: true }], 'docker');
});

test('a limit that is to be set later takes a lease: no ballast in its place', async () => {
  const request = {
    runId: 'r1',
    spec: { max: 300, buckets: 'auto', method: 'auto', leaseWaitSeconds: 0, prefill: 0, timeouts: {} },
    log: { info: () => {}, warn: () => {} },
    signal: new AbortController().signal,
    access: { host: here, obstacle: 'only root can', permission: '' },
    needsLease: true,
    laterMaxima: [900],
  } as const;
  await expect(reserveCapacity(request)).rejects.toMatchObject({
    message: 'actions that set nf_conntrack_max need method sysctl, which is not possible: only root can',
    exitCode: 112,
  });
});
