import { describe, expect, it } from 'vitest';
import { ctload, unfit } from '../support/ctload.ts';
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

  it('floods that share them get what inspect says of each', async () => {
    const held = (rate: number) =>
      `{kind: long, protocol: tcp, executor: constant-arrival-rate, rate: ${rate}, duration: 3s, destinations: 1, connectTimeout: 1500ms}`;
    const settings = ['gateway.snatPorts=300', `floods={many: ${held(160)}, few: ${held(80)}}`];
    const set = settings.flatMap((one) => ['--set', one]);
    const inspected = await ctload('inspect', 'scenarios/one-destination.yaml', '--json', ...set);
    const { portsSpent, floods: expected } = JSON.parse(inspected.stdout).prediction;
    expect(portsSpent).toMatchObject({ flood: 'many', others: ['few'], available: 300 });
    const { verdict, floods, conntrack, prediction, accounting } = await towardsOne(settings);
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({
      kind: 'broke',
      cause: 'snat-ports-exhausted',
      validity: 'valid',
    });
    for (const { name, peakEntries } of expected) {
      expect(Math.abs((floods[name]?.succeeded ?? 0) - peakEntries), name).toBeLessThan(0.1 * peakEntries);
    }
    // All ports are taken, and everything that was refused is accounted for.
    expect((floods['many']?.succeeded ?? 0) + (floods['few']?.succeeded ?? 0)).toBe(300);
    expect(accounting.synRetransmissions + accounting.abandoned).toBe(conntrack.clashes);
    expect(Math.abs(conntrack.peakEntries - 300)).toBeLessThan(0.02 * 300);
    const peak = prediction.find(({ quantity }) => quantity === 'peakEntries');
    expect(Math.abs((peak?.difference ?? Number.POSITIVE_INFINITY) / 300)).toBeLessThan(0.1);
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
    // Ports that the backend still has in TIME_WAIT cost SYNs, which that leaves unexplained, and now and then an attempt.
    const { verdict, floods, conntrack, attribution } = await towardsOne(settings, ANY);
    expect(floods['requests']?.attempted).toBe(960);
    expect(floods['requests']?.succeeded).toBeGreaterThanOrEqual(950);
    expect(conntrack.drop).toBe(0);
    expect(conntrack.peakEntries).toBeLessThanOrEqual(300 * 1.02);
    expect(attribution.map(({ cause }) => cause)).not.toContain('snat-ports-exhausted');
    expect(verdict.reasonCodes).not.toContain('entries-vanished');
  });
});
