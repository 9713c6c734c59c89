import { describe, expect, it } from 'vitest';
import { loadScenario, parseScenario } from '../../../src/scenario/load.ts';
import { ballastEffects, describeMethods, isFaithful } from '../../../src/sizing/ballast.ts';

const NONE = { expiresFromSeconds: null, shortestLifeSeconds: null, evictableFromSeconds: null };

function effectsOf(flood: string, timeouts = '', seconds?: number) {
  const text = `
version: 1
name: ballast
gateway: {conntrack: {max: 300, timeouts: {${timeouts}}}}
floods: {one: {${flood}}}`;
  return ballastEffects(parseScenario(text, 'ballast.yaml').scenario, seconds);
}

const RATE = 'executor: constant-arrival-rate, rate: 150, duration: 15s';

describe('what ballast changes for a load', () => {
  it('is nothing while no entry expires before the load ends and all are [ASSURED]', () => {
    expect(effectsOf(`kind: short, ${RATE}`)).toEqual(NONE);
    expect(effectsOf(`kind: stale, ${RATE}`)).toEqual(NONE);
    expect(effectsOf('kind: long, executor: constant-connections, connections: 9, duration: 60s')).toEqual(NONE);
    expect(isFaithful(NONE)).toBe(true);
  });

  it('is the expiry of entries once their timeout is shorter than the load', () => {
    const rst = effectsOf(`kind: short, close: rst, ${RATE}`, 'tcp_close: 1s');
    expect(rst).toEqual({ ...NONE, expiresFromSeconds: 1, shortestLifeSeconds: 1 });
    expect(isFaithful(rst)).toBe(false);
    expect(effectsOf(`kind: short, close: rst, ${RATE}`)).toMatchObject({ expiresFromSeconds: 10 }); // the default of tcp_close
    expect(effectsOf(`kind: short, ${RATE}`, 'tcp_time_wait: 15s')).toEqual(NONE);
    expect(effectsOf(`kind: short, startTime: 4s, ${RATE}`, 'tcp_time_wait: 5s')).toMatchObject({ expiresFromSeconds: 9 });
    expect(effectsOf(`kind: stale, ${RATE}`, 'tcp_established: 5s')).toMatchObject({ expiresFromSeconds: 5 });
  });

  it('is that of a longer load where one is asked for', () => {
    expect(effectsOf(`kind: short, ${RATE}`, 'tcp_time_wait: 30s')).toEqual(NONE);
    expect(effectsOf(`kind: short, ${RATE}`, 'tcp_time_wait: 30s', 31)).toMatchObject({ expiresFromSeconds: 30 });
  });

  it('counts held connections from when they are closed, and silent ones from when they are opened', () => {
    const ramp = 'kind: long, executor: ramping-connections, stages: [{duration: 5s, target: 50}, {duration: 10s, target: 0}]';
    expect(effectsOf(ramp, 'tcp_time_wait: 5s').expiresFromSeconds).toBeCloseTo(10, 2);
    const held = 'executor: constant-connections, connections: 9, duration: 60s';
    expect(effectsOf(`kind: long, protocol: tcp, ${held}`, 'tcp_established: 5s')).toMatchObject({ expiresFromSeconds: 5 });
    expect(effectsOf(`kind: long, heartbeat: 1s, ${held}`, 'tcp_established: 5s')).toEqual(NONE);
  });

  it('is the loss of early drop where entries are not [ASSURED]', () => {
    expect(effectsOf(`kind: half-open, ${RATE}`)).toEqual({ ...NONE, evictableFromSeconds: 0 });
    expect(effectsOf(`kind: udp, startTime: 2s, ${RATE}`)).toEqual({ ...NONE, evictableFromSeconds: 2 });
  });

  it('is told before the run', () => {
    expect(describeMethods(NONE)).toBe('sysctl or ballast');
    expect(describeMethods({ expiresFromSeconds: 2, shortestLifeSeconds: 2, evictableFromSeconds: 0 })).toBe(
      'sysctl; by ballast a break is only a bound (entries expire from 2.00 s on and early drop may evict entries)',
    );
  });

  it.each([
    ['burst', true],
    ['dns', false],
    ['half-open', false],
    ['held', false],
    ['million', true],
    ['mixed', true],
    ['node-default', true],
    ['smoke', true],
    ['stale', true],
    ['websockets', true],
    ['websockets-250k', true],
  ])('scenarios/%s.yaml by ballast: faithful %s', (name, faithful) => {
    const { scenario } = loadScenario(`scenarios/${name}.yaml`);
    expect(isFaithful(ballastEffects(scenario))).toBe(faithful);
  });

  it('is that of timeouts which an action sets, from then on', () => {
    const text = `
version: 1
name: ballast
gateway: {conntrack: {max: 300}}
floods: {one: {kind: short, ${RATE}}}
actions: [{at: 6s, timeouts: {tcp_time_wait: 2s}}, {at: 7s, flush: true}]`;
    const effects = ballastEffects(parseScenario(text, 'ballast.yaml').scenario);
    expect(effects).toEqual({ ...NONE, expiresFromSeconds: 6, shortestLifeSeconds: 2 });
  });
});
