import { describe, expect, it } from 'vitest';
import { runScenario, unfit } from '../support/ctload.ts';
import { flows, LEASE } from '../support/dataplanes.ts';
import { skipFor } from '../support/skip.ts';

// Each of 50 flows sends once per second: entries (30 s) are refreshed for as long as the clients ask.
const DNS =
  'dns: {kind: udp, reply: true, responseTimeout: 500ms, executor: constant-arrival-rate, rate: 50, flows: 50, duration: 8s}';
const LEAK = 'leak: {kind: stale, executor: constant-arrival-rate, rate: 50, duration: 8s, connectTimeout: 900ms}';
const actions = (...list: readonly string[]) => [
  ...LEASE,
  ...['--set', `actions=[${['{at: 2s, endpoint: gone}', ...list].join(', ')}]`],
];

describe('an endpoint that goes while the load runs', skipFor(unfit), () => {
  it.each(['iptables', 'nftables'])(
    '%s: new connections are not affected; flows with an entry are, for as long as they send',
    async (dataplane) => {
      const { summary } = await runScenario('smoke.yaml', [...flows(`dataplane: ${dataplane}`, `${DNS}, ${LEAK}`), ...actions()]);
      expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
      expect(summary.floods['leak']).toMatchObject({ attempted: 400, succeeded: 400 });
      const { failures, succeeded = 0 } = summary.floods['dns'] ?? {};
      expect(failures).toEqual({ 'dropped-by-rule': 400 - succeeded });
      const [{ atSeconds = 0, doneSeconds = 0 } = {}] = summary.actions ?? [];
      expect(succeeded).toBeGreaterThanOrEqual(50 * atSeconds - 5);
      expect(succeeded).toBeLessThanOrEqual(50 * doneSeconds + 5);
      expect(summary.rules).toBeUndefined();
      expect(summary.recovery).toMatchObject({ atSeconds: null, lastSecondsAsBefore: 0 });
      expect(summary.metrics['recovery_seconds']).toBeDefined();
    },
  );

  it('deleting UDP’s entries, as kube-proxy does, heals at once', async () => {
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: nftables', DNS),
      ...actions('{at: 5s, delete: {protocol: udp}}'),
    ]);
    expect(summary.actions).toMatchObject([{ endpoint: 'gone' }, { delete: { protocol: 'udp' }, deletedEntries: 50 }]);
    const { afterBreakSeconds, afterActionSeconds } = summary.recovery ?? {};
    expect(Math.abs((afterBreakSeconds ?? 0) - 3)).toBeLessThan(0.5);
    expect(afterActionSeconds).toBeLessThan(0.5);
  });

  it('clients that pause for longer than the timeout are not affected: their entry has expired each time', async () => {
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: nftables', DNS.replace('flows: 50', 'flows: 150'), 'max: 1000, timeouts: {udp: 2s, udp_stream: 2s}'),
      ...actions(),
    ]);
    expect(summary.floods['dns']?.succeeded).toBeGreaterThanOrEqual(398); // one may be on its way at that moment
    expect(summary.recovery?.atSeconds).not.toBeNull();
  });
});
