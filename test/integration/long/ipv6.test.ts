import { describe, expect, it } from 'vitest';
import { expectBalanced, listings, readRecords, runScenario, unfit } from '../support/ctload.ts';
import { ANY, flows } from '../support/dataplanes.ts';
import { everyDropIsAQuery } from '../support/dns.ts';
import { connectionsInGuest, noGuest } from '../support/guests.ts';
import { install } from '../support/install.ts';
import { rules, WEB } from '../support/rules.ts';
import { skipFor } from '../support/skip.ts';

/**
 * What is reported of IPv6: nf_conntrack_max counts the entries of both families in one table (Documentation/networking/
 * nf_conntrack-sysctl.rst); sonic-net/sonic-mgmt#14350 found ICMPv6 entries that tests had taken for the load's.
 */
describe('IPv6 on a real kernel', skipFor(unfit), () => {
  it.each([
    { dataplane: 'nftables', prefill: 0 },
    { dataplane: 'iptables', prefill: 300 },
  ])(
    'ipv6.yaml breaks at its full table, every drop accounted for ($dataplane, prefill $prefill)',
    async ({ dataplane, prefill }) => {
      const set = [`gateway.dataplane=${dataplane}`, `gateway.conntrack.prefill=${prefill}`].flatMap((one) => ['--set', one]);
      const { summary, folder } = await runScenario('ipv6.yaml', set);
      const { verdict, breakingPoint, conntrack, accounting, floods, prediction } = summary;
      expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
      expect(Math.abs((breakingPoint?.entries ?? 0) - conntrack.effectiveMax)).toBeLessThanOrEqual(3);
      expectBalanced(summary);
      const full = prediction?.find(({ quantity }) => quantity === 'timeToFullSeconds');
      expect(Math.abs(full?.difference ?? Number.NaN)).toBeLessThan(0.1 * (full?.predicted ?? 0));
      expect(accounting.share).toBeGreaterThan(0.99);
      expect(accounting.share).toBeLessThan(1.01);
      for (const name of ['requests', 'sockets', 'leaked']) expect(floods[name]?.succeeded).toBeGreaterThan(50);
      // Neighbours were asked for each other, through a namespace that tracks, and no entry came of it.
      expect(mostCounted(folder, 'Icmp6OutNeighborSolicits')).toBeGreaterThan(0);
      for (const { states, ipv6 } of listings(folder)) {
        expect(Object.keys(states)).not.toContain('icmpv6');
        expect(Object.values(states).reduce((a, b) => a + b, 0)).toBe(ipv6 ?? 0);
        expect(ipv6 ?? 0).toBeGreaterThanOrEqual(prefill);
      }
    },
  );

  it('every drop is a query without an answer', () => everyDropIsAQuery('nftables', ['lab.family=ipv6']));

  it('half-open SYNs that never arrive are counted as over IPv4', async () => {
    const { summary } = await runScenario('half-open.yaml', ['--set', 'lab.family=ipv6']);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting.halfOpenLost).toBe(summary.conntrack.drop);
  });
});

/**
 * One table for both families: nf_conntrack_max counts their sum (nf_conntrack_core.c has one hash table and one count per
 * namespace; the protocol number is part of the tuple).
 */
describe('dual stack on a real kernel', skipFor(unfit), () => {
  it.each([
    { dataplane: 'nftables', set: [] },
    { dataplane: 'iptables', set: ['gateway.conntrack.prefill=300'] },
  ])('dual-stack.yaml breaks for both families at the full table, every drop accounted for ($dataplane $set)', async (one) => {
    const set = [`gateway.dataplane=${one.dataplane}`, ...one.set].flatMap((each) => ['--set', each]);
    const { summary, stdout } = await runScenario('dual-stack.yaml', set);
    const { verdict, breakingPoint, conntrack, floods, prediction } = summary;
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(Math.abs((breakingPoint?.entries ?? 0) - conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
    const full = prediction?.find(({ quantity }) => quantity === 'timeToFullSeconds');
    expect(Math.abs(full?.difference ?? Number.NaN)).toBeLessThan(0.1 * (full?.predicted ?? 0));
    // Half of `requests` and `sockets` is IPv6, and all of `leaked`: neither family fills the table.
    const { ipv4 = 0, ipv6 = 0 } = conntrack.families ?? {};
    const leaked = breakingPoint?.atSeconds ?? 0;
    expect(ipv6 / (ipv4 + ipv6)).toBeGreaterThan(0.5);
    expect(ipv4).toBeGreaterThan(0.25 * conntrack.effectiveMax);
    expect(ipv6).toBeGreaterThan(80 * leaked);
    for (const name of ['requests', 'legacy', 'leaked']) expect(floods[name]?.failures['conntrack-full']).toBeGreaterThan(5);
    expect(stdout.replaceAll(/ +/g, ' ')).toContain(`Families IPv4 ${ipv4.toLocaleString('en-US')} (`);
  });

  it('rules of the user’s own have the addresses of both, and what they drop is not the table’s', async () => {
    const over = (daddr: string, name: string) =>
      `    ${daddr} tcp flags & (syn | ack) == syn limit rate over 20/second counter name "${name}" drop`;
    const text = `table inet own {
  counter dropped-four { }
  counter dropped-six { }
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
${over('ip daddr $services', 'dropped-four')}
${over('ip6 daddr $services6 ip6 saddr $client6', 'dropped-six')}
  }
}`;
    const set = [...flows('dataplane: nftables', WEB, 'max: 4000'), ...rules('nftables', text), '--set', 'lab.family=dual'];
    const { summary } = await runScenario('smoke.yaml', set);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    const { synRetransmissions, abandoned, ruleDropped, kernelDrops } = summary.accounting;
    expect({ drops: ruleDropped, kernelDrops }).toEqual({ drops: synRetransmissions + abandoned, kernelDrops: 0 });
    const dropped = summary.rules?.dropped ?? {};
    for (const name of ['dropped-four', 'dropped-six']) expect(dropped[name]).toBeGreaterThan(50);
  });

  it('every drop is a query without an answer, over either family', () => everyDropIsAQuery('nftables', ['lab.family=dual']));

  it('half-open SYNs of both families that never arrive are counted', async () => {
    const { summary } = await runScenario('half-open.yaml', ['--set', 'lab.family=dual']);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting.halfOpenLost).toBe(summary.conntrack.drop);
  });
});

describe('IPv6 through a tunnel', skipFor(unfit), () => {
  // Each way of a connection has an entry, and neighbour discovery in the tunnel some besides.
  it.each(['ipv6', 'dual'])('VXLAN with connections of %s makes two entries per connection', async (family) => {
    const held = 'sockets: {kind: long, protocol: tcp, executor: constant-connections, connections: 300, duration: 2s}';
    const gateway = 'dataplane: tunnel, tunnel: {kind: vxlan, ends: beyond}';
    const { summary } = await runScenario('smoke.yaml', [...flows(gateway, held), '--set', `lab.family=${family}`], ANY);
    expect(summary.floods['sockets']).toMatchObject({ attempted: 300, succeeded: 300 });
    expect(summary.conntrack.peakEntries).toBeGreaterThanOrEqual(0.98 * 600);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(1.2 * 600);
  });
});

const commands = install(['ipvsadm', 'ipvsadm'], ['wireguard-tools', 'wg']) ? undefined : 'needs ipvsadm and wg';

describe('IPv6 in a guest', { ...skipFor(noGuest ?? commands), timeout: 240_000 }, () => {
  it.each([
    ['iptables', 'dual'],
    ['ipvs', 'ipv6'],
    ['ipvs', 'dual'],
  ] as const)('300 connections through %s (%s) are 300 entries', async (dataplane, family) => {
    const { entries, summary } = await connectionsInGuest(`dataplane: ${dataplane}`, { family });
    expect(Math.abs(entries - 300)).toBeLessThanOrEqual(3);
    if (dataplane === 'ipvs') expect(summary.ipvs?.connections).toBe(300);
  });

  it('WireGuard that ends beyond the gateway is one entry', async () => {
    const gateway = 'dataplane: tunnel, tunnel: {kind: wireguard, ends: beyond}';
    const { entries } = await connectionsInGuest(gateway, { scope: 'lab', family: 'ipv6' });
    expect(entries).toBe(1);
  });
});

function mostCounted(folder: string, counter: string): number {
  const counted = readRecords(folder).flatMap((record) =>
    record.type === 'netstat' && record.host === 'gateway' ? (record.counters[counter] ?? 0) : [],
  );
  return Math.max(0, ...counted);
}
