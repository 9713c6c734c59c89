import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { runScenario, unfit } from '../support/ctload.ts';
import { ANY, flows, LEASE } from '../support/dataplanes.ts';
import { rules, shipped, shippedText } from '../support/rules.ts';
import { skipFor } from '../support/skip.ts';

/** Attempts that got what they asked for, of all. */
function served({ floods }: Summary, name: string): readonly [succeeded: number, attempted: number] {
  const { succeeded = 0, attempted = 0 } = floods[name] ?? {};
  return [succeeded, attempted];
}

describe('the rule files of scenarios/rules do what they say', skipFor(unfit), () => {
  it('per-source: the client that opens too many is limited, the others are not', async () => {
    const held = (sources: string) =>
      `{kind: long, protocol: tcp, executor: constant-arrival-rate, rate: 75, duration: 2s, connectTimeout: 800ms, sources: ${sources}}`;
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: nftables', `abuser: ${held('198.18.190.1')}, victims: ${held('198.18.130.0/28')}`, 'max: 4000'),
      ...shipped('per-source'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    expect(served(summary, 'abuser')).toEqual([100, 150]);
    expect(summary.floods['abuser']?.failures).toEqual({ 'dropped-by-rule': 50 });
    expect(served(summary, 'victims')).toEqual([150, 150]);
    expect(summary.rules?.dropped).toEqual({ 'dropped-syns': summary.accounting.ruleDropped });
  });

  it('synproxy: a half-open flood takes no entry, and no client fails; without, many do', async () => {
    // 95 % of the table is ASSURED, as on a node that is nearly full: early drop finds few half-open entries to evict.
    const run = (rules: readonly string[]) =>
      runScenario('smoke.yaml', [
        '--set',
        'gateway={dataplane: forward, conntrack: {max: 4000, prefill: 0.95}}',
        '--set',
        'floods={flood: {kind: half-open, executor: constant-arrival-rate, rate: 300, duration: 4s}, web: {kind: short, executor: constant-arrival-rate, rate: 30, duration: 4s, connectTimeout: 900ms}}',
        ...rules,
      ]);
    const { summary: without } = await run([]);
    const [succeeded, attempted] = served(without, 'web');
    expect(succeeded).toBeLessThan(attempted * 0.9);

    const { summary } = await run(shipped('synproxy'));
    expect(served(summary, 'web')).toEqual([120, 120]);
    expect(summary.conntrack.drop).toBe(0);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(3800 + 120);
  });

  it('timeout-policy: entries leave when it says, at priority -199 and not at -300', async () => {
    const waiting = async (priority: string) => {
      const changed = shippedText('timeout-policy')
        .replaceAll(/time_wait: \d+/g, 'time_wait: 2')
        .replace('priority -199', priority);
      const burst = 'web: {kind: short, executor: burst, connections: 100}';
      const socket = 'socket: {kind: long, protocol: tcp, executor: constant-connections, connections: 1, duration: 5s}';
      const { summary } = await runScenario(
        'smoke.yaml',
        [
          ...flows('dataplane: nftables', `${burst}, ${socket}`),
          ...rules('nftables', changed),
          ...LEASE,
          '--set',
          'actions=[{at: 4s, delete: {state: TIME_WAIT}}]',
        ],
        ANY,
      );
      return summary.actions?.[0]?.deletedEntries;
    };
    expect(await waiting('priority -199')).toBe(0);
    expect(await waiting('priority raw')).toBe(100);
  });

  it('notrack-dns: queries and answers pass without an entry', async () => {
    const dns = 'dns: {kind: udp, reply: true, executor: constant-arrival-rate, rate: 150, duration: 2s}';
    const peak = async (rules: readonly string[]) => {
      const { summary } = await runScenario(
        'smoke.yaml',
        [...flows('dataplane: forward', dns, 'max: 4000'), ...LEASE, ...rules],
        ANY,
      );
      expect(served(summary, 'dns')).toEqual([300, 300]);
      return summary.conntrack.peakEntries;
    };
    expect(await peak([])).toBe(300);
    expect(await peak(shipped('notrack-dns'))).toBe(0);
  });
});
