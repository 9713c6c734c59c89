import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { connectionsMake, peakOfDatagrams } from '../support/dataplanes.ts';
import { skipFor } from '../support/skip.ts';

describe('dataplanes', skipFor(unfit), () => {
  it.each([
    ['dataplane: iptables, masquerade: never', 300],
    ['dataplane: nftables, masquerade: never', 300],
    ['dataplane: proxy', 600],
    ['dataplane: forward', 300],
    ['dataplane: notrack', 0],
  ])('entries of 300 connections, %s: %i', async (gateway, entries) => {
    await connectionsMake(entries, gateway);
  });

  it('datagrams and their replies pass notrack', async () => {
    expect(await peakOfDatagrams('dataplane: notrack')).toBe(0);
  });

  it('datagrams and their replies pass forward', async () => {
    expect(await peakOfDatagrams('dataplane: forward')).toBeGreaterThan(200);
  });
});
