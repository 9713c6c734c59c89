import { describe, it } from 'vitest';
import { breaksAt, SIZES, STALE_SIZES } from '../support/breaks.ts';
import { leavesHostAlone, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('ctload run on a real kernel, by sysctl', skipFor(unfit), () => {
  leavesHostAlone();

  it.each(SIZES)('breaks at gateway.conntrack.max=$max', (size) => breaksAt(size, 'sysctl'));
});

describe('ctload run on a real kernel, by ballast', skipFor(unfit), () => {
  it.each(STALE_SIZES)('breaks at gateway.conntrack.max=$max', (size) => breaksAt(size, 'ballast', 'stale.yaml'));
});
