import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/load.ts';
import { predictRecovery } from '../../../src/sizing/recovery.ts';

const SYNS = [0, 1, 2, 3, 4, 5, 7, 11];

/** 100 connections per second against a table of 500: full after 5 s. */
function recovery(
  actions: string,
  more = '',
  load = 'requests: {kind: short, executor: constant-arrival-rate, rate: 100, duration: 20s, connectTimeout: 500ms}',
) {
  const { scenario } = parseScenario(
    `version: 1\nname: t\ngateway: {conntrack: {max: 500${more}}}\nfloods:\n  ${load}\nactions: ${actions}\n`,
    't.yaml',
  );
  return predictRecovery(scenario, 500, SYNS);
}

describe('the predicted recovery of a full table', () => {
  it('is at once with a limit that is enough for the rest of the load', () => {
    const { breaksAt, recoversAt } = recovery('[{at: 8s, max: 4000}]') ?? expect.fail();
    expect(breaksAt).toBeCloseTo(5, 1);
    expect(recoversAt).toBeCloseTo(8, 1);
  });

  it('is passing with one that fills again', () => {
    expect(recovery('[{at: 8s, max: 600}]')?.recoversAt).toBeNull();
  });

  it('waits for the timers that run when a timeout is lowered', () => {
    const waits = recovery('[{at: 8s, timeouts: {tcp_time_wait: 1s}}]', ', timeouts: {tcp_time_wait: 12s}');
    expect(waits?.recoversAt).toBeGreaterThan(11.5); // the first entry expires after 12 s
    expect(waits?.recoversAt).toBeLessThan(14);
    expect(recovery('[{at: 8s, timeouts: {tcp_time_wait: 1s}}]')?.recoversAt).toBeNull();
  });

  it('lasts as long as what was deleted takes to fill again', () => {
    expect(recovery('[{at: 8s, delete: {state: TIME_WAIT}}]')?.recoversAt).toBeNull();
    expect(recovery('[{at: 17s, delete: {state: TIME_WAIT}}]')?.recoversAt).toBeCloseTo(17, 1);
    expect(recovery('[{at: 17s, delete: {state: ESTABLISHED}}]')?.recoversAt).toBeNull();
    expect(recovery('[{at: 17s, flush: true}]')?.recoversAt).toBeCloseTo(17, 1);
  });

  it('counts those that wait for their next SYN: they take the room of new ones', () => {
    const load = (patience: string) =>
      `requests: {kind: short, executor: constant-arrival-rate, rate: 100, duration: 20s, connectTimeout: ${patience}}`;
    const flushed = (patience: string) => recovery('[{at: 16s, flush: true}]', '', load(patience))?.recoversAt;
    expect(flushed('500ms')).toBeCloseTo(16, 1);
    expect(flushed('4s')).toBeNull(); // some 400 wait, 400 more come: 500 find room
  });

  it('counts held connections', () => {
    const load =
      'held: {kind: long, executor: constant-connections, connections: 400, duration: 20s}\n  requests: {kind: short, executor: constant-arrival-rate, rate: 100, duration: 20s, connectTimeout: 500ms}';
    const recoveryAfter = (action: string) => recovery(`[{at: 8s, ${action}}]`, ', timeouts: {tcp_time_wait: 3s}', load);
    expect(recoveryAfter('flush: true')?.breaksAt).toBeCloseTo(1, 1);
    expect(recoveryAfter('flush: true')?.recoversAt).toBeCloseTo(8, 1);
    expect(recoveryAfter('delete: {state: TIME_WAIT}')?.recoversAt).toBeNull();
  });

  it('is not predicted where nothing is done, nothing breaks, endpoints go, or early drop decides', () => {
    expect(recovery('[{at: 8s, endpoint: gone}]')).toBeUndefined();
    expect(recovery('[]')).toBeUndefined();
    expect(recovery('[{at: 1s, max: 4000}]')).toBeUndefined();
    const syns = 'syns: {kind: half-open, executor: constant-arrival-rate, rate: 100, duration: 20s}';
    expect(recovery('[{at: 8s, flush: true}]', '', syns)).toBeUndefined();
  });
});
