import { describe, expect, it } from 'vitest';
import { FIND_DEFAULTS } from '../../../../src/model/input/find-spec.ts';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { planConnections } from '../../../../src/session/search/connections-plan.ts';
import { planTrials } from '../../../../src/session/search/trial-plan.ts';
import { textbookRate } from '../../../../src/sizing/formula.ts';

const RATE = 'requests: {kind: short, executor: constant-arrival-rate, rate: 150, duration: 5s}';
const RAMP = 'burst: {kind: short, executor: ramping-arrival-rate, stages: [{duration: 5s, target: 500}]}';
const HELD = 'sockets: {kind: long, executor: constant-connections, connections: 300, duration: 5s}';
const HILL = 'sockets: {kind: long, executor: ramping-connections, startConnections: 7, stages: [{duration: 5s, target: 20}]}';

const loader =
  (...floods: readonly string[]) =>
  (set: readonly string[]) =>
    parseScenario(
      `version: 1\nname: x\ngateway: {conntrack: {max: 2000, timeouts: {tcp_time_wait: 5s}}}\nfloods:\n  ${floods.join('\n  ')}\n`,
      'f.yaml',
      { set },
    );
const plan = (variable: string | undefined, ...floods: readonly string[]) =>
  planTrials(loader(...floods), { ...FIND_DEFAULTS, ...(variable === undefined ? {} : { variable }) });

describe('what the trials of a search vary', () => {
  it('is by default the rate of the first flood that has a constant one', () => {
    const { variable, whole, rebuilds, trial } = plan(undefined, RAMP, RATE, HELD);
    expect({ variable, whole, rebuilds }).toEqual({
      variable: 'floods.requests.rate',
      whole: false,
      rebuilds: false,
    });
    const { floods } = trial(187.5, 30).scenario;
    expect(floods[1]?.shape).toEqual({ executor: 'constant-arrival-rate', rate: 187.5, durationSeconds: 30 });
    expect(floods[2]?.shape).toMatchObject({ connections: 300, durationSeconds: 30 });
    expect(floods[0]?.shape).toMatchObject({ stages: [{ durationSeconds: 5, target: 500 }] });
  });

  it('may be any number of the scenario; only whole ones where a count is asked for', () => {
    expect(plan('floods.sockets.connections', HELD)).toMatchObject({ whole: true, rebuilds: false });
    expect(plan('floods.burst.stages.0.target', RAMP)).toMatchObject({ whole: false });
    expect(plan('gateway.conntrack.max', RATE)).toMatchObject({ initialValue: 2000, whole: true, rebuilds: true });
  });

  it('begins between where the model sees the limit at the least and at the most', () => {
    // 2,000 entries: 400/s if they go after their 5 s, 320/s if a fifth of the 2,000 buckets has an expired one.
    expect(plan(undefined, RATE).initialValue).toBeCloseTo(Math.sqrt(400 * 320), -1);
    expect(plan(undefined, RATE).bases.get('table')).toBeCloseTo(0, 2);
    const beside = plan(undefined, RATE, HELD);
    expect(beside.initialValue).toBeCloseTo(Math.sqrt(340 * 260), -1);
    expect(beside.bases.get('table')).toBeCloseTo(0.15, 2);
  });

  it('begins with the value of find.initialValue, or of the scenario where the model sees no limit', () => {
    expect(planTrials(loader(RATE), { ...FIND_DEFAULTS, initialValue: 70 }).initialValue).toBe(70);
    expect(plan('backend.status', RATE).initialValue).toBe(200);
  });

  it('is checked like the file itself', () => {
    expect(() => plan('floods.sockets.connections', HELD).trial(1.5, 30)).toThrow(
      /floods\.sockets\.connections: must be a whole number/,
    );
  });

  it.each([
    [undefined, RAMP, /no flood has a constant arrival rate/],
    ['floods.requests.duration', RATE, /floods\.requests\.duration is "5s", not a number/],
    ['floods.requests', RATE, /is a map or list, not a number/],
    ['floods.nope.rate', RATE, /the scenario has no key floods\.nope\.rate/],
  ])('%s is refused', (variable, flood, message) => {
    expect(() => plan(variable, flood)).toThrow(
      expect.objectContaining({ exitCode: 104, message: expect.stringMatching(message) }),
    );
  });
});

describe('find --for connections', () => {
  it('ramps up to a level, and holds it to confirm', () => {
    const { initialValue, trial } = planConnections(loader(RATE, HILL), FIND_DEFAULTS);
    expect(initialValue).toBe(2200);
    expect(trial(2000, true).scenario.floods[1]?.shape).toEqual({
      executor: 'ramping-connections',
      startConnections: 0,
      stages: [
        { durationSeconds: 4, target: 2000 },
        { durationSeconds: 56, target: 2000 },
      ],
    });
    expect(trial(250_000, true).scenario.floods[1]?.shape).toMatchObject({
      stages: [{ durationSeconds: 30 }, { durationSeconds: 30 }],
    });
    expect(trial(2200, false).scenario.floods[1]?.shape).toMatchObject({ stages: [{ target: 2200 }, { durationSeconds: 3 }] });
  });

  it('takes a constant level, too, and needs one of the two', () => {
    const { trial } = planConnections(loader(HELD), FIND_DEFAULTS);
    expect(trial(9, true).scenario.floods[0]?.shape).toMatchObject({ connections: 9, durationSeconds: 60 });
    expect(() => planConnections(loader(RATE), FIND_DEFAULTS)).toThrow(/no flood holds a number of connections/);
  });
});

describe('the textbook rate', () => {
  it('is (max − everything else) ÷ the time an entry lives', () => {
    expect(textbookRate(loader(RATE)([]).scenario, 'requests')).toEqual({ rate: 400, lifetimeSeconds: 5 });
    const prefilled = loader(RATE)(['gateway.conntrack.prefill=500']).scenario;
    expect(textbookRate(prefilled, 'requests')?.rate).toBe(300);
    const beside = loader(RATE, HELD)(['floods.sockets.duration=1m']).scenario;
    expect(textbookRate(beside, 'requests')?.rate).toBe(340);
    expect(textbookRate(loader(RAMP)([]).scenario, 'burst')).toBeUndefined();
  });
});
