import { describe, expect, it } from 'vitest';
import { ctload, runScenario, unfit } from '../support/ctload.ts';
import { flows, LEASE } from '../support/dataplanes.ts';
import { skipFor } from '../support/skip.ts';

const HELD = 'sockets: {kind: long, executor: constant-connections, connections: 60, duration: 4s, heartbeat: 500ms}';
const DELETE = ['--set', 'actions=[{at: 2s, delete: {state: ESTABLISHED}}]'];

describe('actions', skipFor(unfit), () => {
  it('deleted entries lose held connections where the gateway masquerades, and only there; ballast stays', async () => {
    const { summary } = await runScenario('smoke.yaml', [...flows('dataplane: iptables', HELD), ...DELETE]);
    expect(summary.actions).toMatchObject([{ delete: { state: 'ESTABLISHED' }, deletedEntries: 60 }]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(summary.verdict.reasonCodes).toContain('held-lost-by-deletion');
    expect(summary.metrics['connections_lost']?.values['count']).toBe(60);

    const own = await runScenario('smoke.yaml', [...flows('dataplane: iptables, masquerade: never', HELD), ...DELETE]);
    expect(own.summary.actions).toMatchObject([{ deletedEntries: 60 }]);
    expect(own.summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    // But for one whose pong was on its way: it makes an entry of its own, without translation.
    expect(own.summary.metrics['connections_lost']?.values['count']).toBeLessThanOrEqual(6);
  });

  it('a flush takes prefilled entries too; a lowered timeout leaves the timers that run', async () => {
    const waiting = 'web: {kind: short, executor: burst, connections: 100}';
    const held = 'socket: {kind: long, protocol: tcp, executor: constant-connections, connections: 1, duration: 5s}';
    const { summary } = await runScenario('smoke.yaml', [
      ...flows('dataplane: forward', `${waiting}, ${held}`, 'max: 1000, prefill: 300'),
      ...LEASE,
      ...['--set', 'actions=[{at: 1s, timeouts: {tcp_time_wait: 1s}}, {at: 4s, flush: true}]'],
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(summary.actions).toMatchObject([{ timeouts: { tcp_time_wait: 1 } }, { flush: true, deletedEntries: 401 }]);
  });

  it('a search refuses them', async () => {
    const { code, stderr } = await ctload('find', 'scenarios/smoke.yaml', '--set', 'actions=[{at: 1s, flush: true}]');
    expect(code).toBe(104);
    expect(stderr).toContain('actions: a search cannot have any');
  });
});
