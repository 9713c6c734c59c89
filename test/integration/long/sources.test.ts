import { describe, expect, it } from 'vitest';
import { runScenario, unfit } from '../support/ctload.ts';
import { flows, LEASE } from '../support/dataplanes.ts';
import { rules } from '../support/rules.ts';
import { skipFor } from '../support/skip.ts';

const RATE = 'executor: constant-arrival-rate, rate: 50, duration: 2s';
const OURS = 'sources: 198.18.140.0/28';
const FLOODS = [
  `web: {kind: short, ${RATE}}`,
  `short: {kind: short, ${RATE}, connectTimeout: 800ms, ${OURS}}`,
  `stale: {kind: stale, ${RATE}, connectTimeout: 800ms, ${OURS}}`,
  `syns: {kind: half-open, ${RATE}, ${OURS}}`,
  `dns: {kind: udp, reply: true, responseTimeout: 800ms, ${RATE}, ${OURS}}`,
];

describe('client addresses of a flood', skipFor(unfit), () => {
  it('are those of the range, for floods of every kind, and of no other flood', async () => {
    const drop = `table inet mine {
  counter dropped-range { }
  chain early {
    type filter hook prerouting priority raw; policy accept;
    iifname $front_if ip saddr 198.18.140.0/28 counter name "dropped-range" drop
  }
}`;
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: iptables', FLOODS.join(', ')),
      ...LEASE,
      ...rules('nftables', drop),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    expect(summary.floods['web']).toMatchObject({ attempted: 100, succeeded: 100 });
    for (const name of ['short', 'stale', 'dns']) {
      expect(summary.floods[name]).toMatchObject({ attempted: 100, succeeded: 0, failures: { 'dropped-by-rule': 100 } });
    }
    const { ruleDropped, synRetransmissions, abandoned, halfOpenLost, datagramsLost } = summary.accounting;
    expect({ halfOpenLost, datagramsLost, abandoned }).toEqual({ halfOpenLost: 100, datagramsLost: 100, abandoned: 200 });
    expect(ruleDropped).toBe(synRetransmissions + abandoned + halfOpenLost + datagramsLost);
    expect(summary.conntrack.peakEntries).toBe(100);
  });
});
