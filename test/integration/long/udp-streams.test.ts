import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { runScenario, unfit } from '../support/ctload.ts';
import { LEASE } from '../support/dataplanes.ts';
import { skipFor } from '../support/skip.ts';

async function streams(assignments: readonly string[], code = 0): Promise<Summary> {
  const flags = assignments.flatMap((one) => ['--set', one]);
  return (await runScenario('udp-streams.yaml', [...LEASE, ...flags], code)).summary;
}

/**
 * Public figure: udp_stream is 120 s, "in case there is an UDP stream detected" (Documentation/networking/nf_conntrack-sysctl.rst);
 * users of QUIC, RTP and VPNs find entries there long after their flows have ended (kube-proxy has had udpStreamTimeout for it since
 * 1.29).
 */
describe('UDP flows that go on', skipFor(unfit), () => {
  it('are held as predicted, and their entries outlive them', async () => {
    const { verdict, conntrack, floods, prediction, accounting } = await streams(['gateway.conntrack.timeouts.udp=3s']);
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(floods['calls']?.attempted).toBe(4800);
    for (const { attempted, succeeded } of Object.values(floods)) expect(succeeded).toBe(attempted);
    expect(accounting.datagramsLost).toBe(0);
    const peak = prediction.find(({ quantity }) => quantity === 'peakEntries');
    expect(peak?.predicted).toBe(800);
    expect(Math.abs(conntrack.peakEntries / 800 - 1)).toBeLessThan(0.1);
  });

  it('in a full table go on, for early drop evicts none of them; new ones are lost', async () => {
    const { verdict, conntrack, floods, accounting, prediction } = await streams(
      [
        'gateway.conntrack.prefill=1400', // leaves room for 600
        'floods.calls.responseTimeout=2s',
        'floods.tunnels.responseTimeout=2s',
      ],
      ExitCode.thresholds,
    );
    expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    expect(floods['calls']).toMatchObject({ attempted: 4800, succeeded: 4800 });
    expect(Object.keys(floods['tunnels']?.failures ?? {})).toContain('conntrack-full');
    expect(accounting.share).toBeCloseTo(1, 2);
    expect(conntrack.drop).toBeGreaterThan(500);
    const full = prediction.find(({ quantity }) => quantity === 'timeToFullSeconds');
    expect(Math.abs((full?.difference ?? Number.POSITIVE_INFINITY) / (full?.predicted ?? 1))).toBeLessThan(0.1);
  });
});
