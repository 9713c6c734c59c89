import { describe, expect, it } from 'vitest';
import { connectionsInGuest, noGuest } from '../support/guests.ts';
import { install } from '../support/install.ts';
import { skipFor } from '../support/skip.ts';

/** Milliseconds. Translated, on a busy machine, a guest may take a minute to boot. */
const BOOT_AND_RUN = 240_000;
const commands = install(['ipvsadm', 'ipvsadm'], ['wireguard-tools', 'wg']) ? undefined : 'needs ipvsadm and wg';

describe('dataplanes that this kernel need not have', { ...skipFor(noGuest ?? commands), timeout: BOOT_AND_RUN }, () => {
  it('IPVS as kube-proxy runs it: 300 entries for 300 connections, and 300 in its own list', async () => {
    const { entries, summary } = await connectionsInGuest('dataplane: ipvs');
    expect(Math.abs(entries - 300)).toBeLessThanOrEqual(3);
    expect(summary.ipvs?.connections).toBe(300);
  });

  it('IPVS with vs.conntrack=0: no entries, but none through a full table', async () => {
    const { entries, throughFull, summary } = await connectionsInGuest('dataplane: ipvs, ipvs: {conntrack: false}', {
      thenFull: true,
    });
    expect(entries).toBeLessThanOrEqual(3);
    expect(throughFull).toBe(0);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
  });

  it('IPVS with vs.conntrack=0 and NOTRACK: no entries, and 300 of 300 through a full table', async () => {
    const gateway = 'dataplane: ipvs, ipvs: {conntrack: false, notrack: true}';
    const { entries, throughFull, summary } = await connectionsInGuest(gateway, { thenFull: true });
    expect([entries, throughFull]).toEqual([0, 300]);
    expect(summary.verdict.reasonCodes).toContain('load-untracked');
  });

  it.each([
    ['beyond', 1],
    ['gateway', 301],
  ])('WireGuard that ends %s: entries of 300 connections: %i', async (ends, wanted) => {
    const gateway = `dataplane: tunnel, tunnel: {kind: wireguard, ends: ${ends}}`;
    const { entries } = await connectionsInGuest(gateway, { scope: 'lab' });
    expect(entries).toBe(wanted);
  });
});
