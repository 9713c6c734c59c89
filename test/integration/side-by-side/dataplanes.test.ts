import { describe, expect, it } from 'vitest';
import { ctload, runScenario, unfit } from '../support/ctload.ts';
import { ANY, connectionsMake, flows, peakOfDatagrams, REQUESTS } from '../support/dataplanes.ts';
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

  it('past conntrack, 300 of 300 connections succeed through a full table; tracked, hardly any', async () => {
    const full = 'max: 100, prefill: 99';
    const past = await runScenario('smoke.yaml', flows('dataplane: notrack', REQUESTS, full));
    expect(past.summary.floods['requests']).toMatchObject({ attempted: 300, succeeded: 300 });
    expect(past.summary.conntrack).toMatchObject({ peakEntries: 99, drop: 0 });
    const tracked = await runScenario('smoke.yaml', flows('dataplane: forward', REQUESTS, full), ANY);
    expect(tracked.summary.conntrack.drop).toBeGreaterThan(0);
    expect(tracked.summary.floods['requests']?.succeeded).toBeLessThan(30);
  });

  it('masquerade is refused where nothing is translated', async () => {
    const given = flows('dataplane: notrack, masquerade: never', REQUESTS);
    const { code, stderr } = await ctload('validate', 'scenarios/smoke.yaml', ...given);
    expect(code).toBe(104);
    expect(stderr).toContain('gateway.masquerade: only allowed with dataplane iptables or nftables or ipvs');
  });
});
