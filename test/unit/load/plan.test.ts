import { describe, expect, it } from 'vitest';
import { planProcesses } from '../../../src/load/plan.ts';
import type { Flood } from '../../../src/model/scenario.ts';
import { longFlood, shortFlood, staleFlood } from './floods.ts';

const plan = (floods: Flood[], cpus = 2) => planProcesses(floods, cpus);

describe('planProcesses', () => {
  it('takes one process a core, and two at least', () => {
    const floods = [shortFlood({ executor: 'constant-arrival-rate', rate: 10, durationSeconds: 5 })];
    expect(plan(floods, 1)).toMatchObject({ agents: 2, backends: 2 });
    expect(plan(floods, 8)).toMatchObject({ agents: 8, backends: 8 });
  });

  it('never gives a process more than 15,000 sockets', () => {
    const floods = [longFlood({ executor: 'constant-connections', connections: 50_000, durationSeconds: 60 })];
    expect(plan(floods)).toEqual({ agents: 4, backends: 4, peakHeld: 50_000 });
  });

  it('counts WebSockets opened at a rate as held to the end', () => {
    const floods = [longFlood({ executor: 'constant-arrival-rate', rate: 100, durationSeconds: 60 })];
    expect(plan(floods).peakHeld).toBe(6000);
  });

  it('counts short connections as if nobody answered: rate × both time limits', () => {
    const shape = { executor: 'ramping-arrival-rate', startRate: 0, stages: [{ durationSeconds: 100, target: 2000 }] } as const;
    expect(plan([shortFlood(shape)]).peakHeld).toBe(2000 * (5 + 3));
  });

  it('never counts more short connections than there will be', () => {
    expect(plan([shortFlood({ executor: 'constant-arrival-rate', rate: 100, durationSeconds: 2 })]).peakHeld).toBe(200);
  });

  it('keeps stale connections out of the backend, which forgets them at once', () => {
    const floods = [staleFlood({ executor: 'burst', connections: 40_000 })];
    expect(plan(floods)).toEqual({ agents: 3, backends: 2, peakHeld: 40_000 });
  });
});
