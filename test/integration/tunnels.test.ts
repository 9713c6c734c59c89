import { describe, expect, it } from 'vitest';
import { unfit } from './support/ctload.ts';
import { LEASE, peakOfConnections, peakOfDatagrams } from './support/dataplanes.ts';
import { skipFor } from './support/skip.ts';

// Not side by side: what a tunnel has in the table looks like UDP that nobody answers, and where another run fills its table, gc
// takes such entries from this one, too.
describe('flows that a full table may evict', skipFor(unfit), () => {
  // Besides the two of each connection those of ARP in the tunnel, and of each segment sent twice: it draws another source port.
  it('entries of 300 connections through VXLAN: 600 where it ends beyond the gateway, 900 where it ends there', async () => {
    const peakOf = (ends: string) => peakOfConnections(`dataplane: tunnel, tunnel: {kind: vxlan, ends: ${ends}}`);
    const [beyond, gateway] = await Promise.all([peakOf('beyond'), peakOf('gateway')]);
    expect(beyond).toBeGreaterThanOrEqual(0.98 * 600); // source ports are drawn: some are alike
    expect(beyond).toBeLessThanOrEqual(1.2 * 600);
    expect(gateway).toBeGreaterThanOrEqual(0.98 * 900);
    expect(gateway).toBeLessThanOrEqual(1.2 * 900);
  });

  it('datagrams and their replies pass forward', async () => {
    expect(await peakOfDatagrams('dataplane: forward', LEASE)).toBeGreaterThan(200);
  });
});
