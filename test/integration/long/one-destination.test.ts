import { describe, expect, it } from 'vitest';
import { unfit } from '../support/ctload.ts';
import { ANY, LEASE } from '../support/dataplanes.ts';
import { skipFor } from '../support/skip.ts';
import { ranOutOfPorts, towardsOne } from '../support/source-ports.ts';

const FEW = ['gateway.snatPorts=300', 'floods.connections.duration=3s']; // 480 connections

/** See side-by-side/one-destination.test.ts for the public figures. */
describe('source ports of a gateway that masquerades', skipFor(unfit), () => {
  it('with the rules of iptables mode as well', async () => {
    ranOutOfPorts(await towardsOne([...FEW, 'gateway.dataplane=iptables']), 300);
  });

  it('two destinations have twice as many', async () => {
    const { verdict, floods, conntrack } = await towardsOne([...FEW, 'floods.connections.destinations=2']);
    expect(verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(floods['connections']).toMatchObject({ attempted: 480, succeeded: 480 });
    expect(conntrack.insertFailed).toBe(0);
  });

  it('datagrams run out of them, too', async () => {
    const udp = '{kind: udp, executor: constant-arrival-rate, rate: 160, duration: 3s, destinations: 1}';
    const { verdict, accounting, conntrack } = await towardsOne([
      'gateway.snatPorts=300',
      `floods={datagrams: ${udp}}`,
      LEASE[1] ?? '', // UDP entries are not ASSURED
    ]);
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', cause: 'snat-ports-exhausted' });
    expect(conntrack).toMatchObject({ drop: 0, clashes: 180 });
    expect(accounting.datagramsLost).toBe(180);
  });

  it('connections that close do not run out: an entry that is closing gives its port up', async () => {
    const short = '{kind: short, executor: constant-arrival-rate, rate: 160, duration: 6s, destinations: 1}';
    const settings = ['gateway.snatPorts=300', `floods={requests: ${short}}`, LEASE[1] ?? ''];
    // Ports that the backend still has in TIME_WAIT cost SYNs, which that leaves unexplained.
    const { verdict, floods, conntrack, attribution } = await towardsOne(settings, ANY);
    expect(floods['requests']).toMatchObject({ attempted: 960, succeeded: 960 });
    expect(conntrack.drop).toBe(0);
    expect(conntrack.peakEntries).toBeLessThanOrEqual(300 * 1.02);
    expect(attribution.map(({ cause }) => cause)).not.toContain('snat-ports-exhausted');
    expect(verdict.reasonCodes).not.toContain('entries-vanished');
  });
});
