import { describe, expect, it } from 'vitest';
import { planProcesses } from '../../../../src/load/sizing/process-plan.ts';
import type { Flood } from '../../../../src/model/input/scenario.ts';
import { longFlood, shortFlood, staleFlood } from '../floods/floods.ts';

const plan = (floods: Flood[], cpus = 2, descriptors = 20_000) => planProcesses(floods, { cpus, descriptors });

describe('planProcesses', () => {
  it('takes one process a core, and two at least', () => {
    const floods = [shortFlood({ executor: 'constant-arrival-rate', rate: 10, durationSeconds: 5 })];
    expect(plan(floods, 1)).toMatchObject({ agents: 2, backends: 2 });
    expect(plan(floods, 8)).toMatchObject({ agents: 8, backends: 8 });
  });

  it('never gives a process more sockets than it may have', () => {
    const floods = [longFlood({ executor: 'constant-connections', connections: 250_000, durationSeconds: 60 })];
    expect(plan(floods)).toEqual({ agents: 13, backends: 13, peakHeld: 250_000 });
    expect(plan(floods, 2, 5000)).toEqual({ agents: 53, backends: 64, peakHeld: 250_000 });
    expect(plan(floods, 2, Number.POSITIVE_INFINITY)).toMatchObject({ agents: 13, backends: 13 });
  });

  it('gives each endpoint to one backend process, whole', () => {
    const floods = [longFlood({ executor: 'constant-connections', connections: 500_000, durationSeconds: 60 })];
    expect(plan(floods)).toMatchObject({ agents: 26, backends: 32 }); // two endpoints of 7,813 connections each
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

  it('takes no process for what the cores will never begin', () => {
    const shape = { executor: 'constant-arrival-rate', rate: 1_000_000, durationSeconds: 60 } as const;
    const begun = 2 * 25_000;
    expect(plan([shortFlood(shape)]).peakHeld).toBe(begun * (5 + 3));
    expect(plan([shortFlood(shape)], 4).peakHeld).toBe(2 * begun * (5 + 3));
    expect(plan([longFlood(shape)]).peakHeld).toBe(begun * 60);
    const ramp = { executor: 'ramping-arrival-rate', startRate: 0, stages: [{ durationSeconds: 10, target: 1e6 }] } as const;
    expect(plan([shortFlood(ramp)]).peakHeld).toBe(begun * (5 + 3));
  });

  it('keeps stale connections out of the backend, which forgets them at once', () => {
    const floods = [staleFlood({ executor: 'burst', connections: 40_000 })];
    expect(plan(floods)).toEqual({ agents: 3, backends: 2, peakHeld: 40_000 });
  });
});
