import { describe, expect, it } from 'vitest';
import { expectPrediction, mostListed, runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

/**
 * What is reported of ICMP: kubernetes-sigs/kind#2240 and many more saw pings to healthy hosts fail while the node logged
 * "table full"; an entry for each identifier, 30 s (nf_conntrack_proto_icmp.c).
 */
describe('echo requests on a real kernel', skipFor(unfit), () => {
  it.each([
    { dataplane: 'nftables', family: 'ipv4', states: ['icmp'] },
    { dataplane: 'iptables', family: 'dual', states: ['icmp', 'icmpv6'] },
  ])('every drop is a check without a reply ($dataplane, $family)', async ({ dataplane, family, states }) => {
    const set = [`gateway.dataplane=${dataplane}`, `lab.family=${family}`].flatMap((one) => ['--set', one]);
    const { summary, folder, stdout } = await runScenario('health-checks.yaml', set);
    const { conntrack, accounting, floods, verdict, prediction } = summary;
    const full = prediction.find(({ quantity }) => quantity === 'timeToFullSeconds');
    expect(Math.abs(full?.difference ?? Number.NaN)).toBeLessThan(0.1 * (full?.predicted ?? 0));
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(accounting).toMatchObject({ share: 1, datagramsLost: conntrack.drop, explainedByClients: conntrack.drop });
    expect(floods['checks']).toMatchObject({ attempted: 4000, failed: conntrack.drop });
    expect(floods['checks']?.failures['conntrack-full']).toBe(conntrack.drop);
    // Nine tenths are ASSURED: exp(−1.6) of the requests that meet the full table are lost, the others evict.
    expect(Math.abs((conntrack.measuredDropShareWhenFull ?? 0) - Math.exp(-1.6))).toBeLessThan(0.05);
    expectPrediction(summary, folder, Math.exp(-1.6), 0.05);
    for (const state of states) expect(mostListed(folder, state)).toBeGreaterThan(350 / 2 / states.length);
    expect(stdout).toContain('Echoes ');
  });
});
