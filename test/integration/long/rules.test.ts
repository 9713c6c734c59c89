import { describe, expect, it } from 'vitest';
import { runScenario, unfit } from '../support/ctload.ts';
import { ANY, flows } from '../support/dataplanes.ts';
import { HELD, rules, shipped, WEB } from '../support/rules.ts';
import { skipFor } from '../support/skip.ts';

describe('rules of the user’s own', skipFor(unfit), () => {
  it('next to a full table: either has its own part', async () => {
    const limit = `table inet mine {
  counter dropped { }
  chain early {
    type filter hook prerouting priority raw; policy accept;
    iifname $front_if ip daddr $services tcp flags & (syn | ack) == syn limit rate over 100/second burst 20 packets counter name "dropped" drop
  }
}`;
    const { summary } = await runScenario(
      'smoke.yaml',
      [...flows('dataplane: iptables', WEB, 'max: 150'), ...rules('nftables', limit)],
      ANY,
    );
    expect(summary.verdict.kind).toBe('broke');
    const { synRetransmissions, abandoned, ruleDropped, kernelDrops, share } = summary.accounting;
    expect(kernelDrops).toBeGreaterThan(0);
    expect(ruleDropped).toBeGreaterThan(0);
    expect(kernelDrops + ruleDropped).toBe(synRetransmissions + abandoned);
    expect(share).toBe(1);
    expect(summary.attribution.map(({ cause }) => cause).sort()).toEqual(['conntrack-full', 'dropped-by-rule']);
  });

  it('a limit for each source', async () => {
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: iptables', HELD, 'max: 4000'),
      ...shipped('per-source'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    expect(summary.floods['sockets']).toMatchObject({ succeeded: 100, peakOpen: 100 });
  });

  it('of iptables: the comment of a rule is its counter', async () => {
    const save = `*filter
-I FORWARD 1 -p tcp --syn -m connlimit --connlimit-above 50 -m comment --comment "dropped above 50" -j DROP
COMMIT
`;
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: iptables', HELD, 'max: 4000'),
      ...rules('iptables', save),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    expect(summary.floods['sockets']?.succeeded).toBe(50);
    expect(summary.rules?.dropped).toEqual({ 'dropped above 50': summary.accounting.ruleDropped });
  });

  it('without a counter leave open who dropped', async () => {
    const silent =
      'table inet mine {\n chain early { type filter hook prerouting priority raw; policy accept; iifname $front_if tcp flags & (syn | ack) == syn limit rate over 50/second drop\n }\n}';
    const { summary } = await runScenario(
      'smoke.yaml',
      [...flows('dataplane: iptables', WEB, 'max: 4000'), ...rules('nftables', silent)],
      111,
    );
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: 'connect-timeout' });
  });
});
