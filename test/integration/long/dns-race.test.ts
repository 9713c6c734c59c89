import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { hardlyAnyIsLost } from '../support/dns.ts';
import { skipFor } from '../support/skip.ts';

describe('name queries that race', skipFor(unfit), () => {
  it.each([
    ['gateway.dataplane=nftables'],
    ['gateway.masquerade=never', 'lab.family=ipv6'],
    ['lab.family=dual', 'floods.lookups.rate=1000', 'floods.lookups.duration=5s'],
  ])('%s %s: the kernel resolves what clashes', async (...settings) => {
    const { conntrack } = await hardlyAnyIsLost(settings);
    // Of 2,000 lookups some clash even on a busy machine.
    expect((conntrack.clashResolve ?? 0) + conntrack.insertFailed).toBeGreaterThan(0);
  });
});
