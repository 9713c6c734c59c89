import { describe, expect, it } from 'vitest';
import { comparePrediction } from '../../../../src/analysis/breaking-point/prediction.ts';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { expectationOf } from '../../../../src/sizing/expectation.ts';
import { run } from '../../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../../fixtures/summary.ts';

const CAPACITY = { method: 'sysctl', why: '', max: 1000, buckets: 4000, ballast: 0, effectiveMax: 1000, prefilled: 0 } as const;

function scenario(kind: string, more = '', rate = 100): ReturnType<typeof parseScenario>['scenario'] {
  const text = `
version: 1
name: test
gateway: {conntrack: {max: 1000, ${more}}}
floods: {requests: {kind: ${kind}, executor: constant-arrival-rate, rate: ${rate}, duration: 20s}}`;
  return parseScenario(text, 'test.yaml').scenario;
}

describe('what the model expects', () => {
  it('of requests that fill the table: one entry each, and every SYN dropped from then on', () => {
    const expected = expectationOf(scenario('short'), CAPACITY);
    expect(expected).toMatchObject({ loadSeconds: 20, peakEntries: 1000, steadyEntries: 1000, dropShareWhenFull: 1 });
    expect(expected.fullAtSeconds).toBeCloseTo(10, 2);
    expect(expected.entriesPerConnection).toBeCloseTo(1, 6);
  });

  it('of half-open and UDP flows: that early drop evicts some, fewer where part of the table is prefilled or ballast', () => {
    expect(expectationOf(scenario('half-open'), CAPACITY).dropShareWhenFull).toBeCloseTo(Math.exp(-4), 4);
    expect(expectationOf(scenario('udp', 'prefill: 0.5'), CAPACITY).dropShareWhenFull).toBeCloseTo(Math.exp(-2), 4);
    expect(expectationOf(scenario('half-open', 'prefill: 0.5'), CAPACITY).dropShareWhenFull).toBeCloseTo(Math.exp(-2), 4);
    const ballast = { ...CAPACITY, max: 4000, ballast: 3000 };
    expect(expectationOf(scenario('half-open'), ballast).dropShareWhenFull).toBeCloseTo(Math.exp(-4), 4);
  });

  it('of UDP entries: 30 s each', () => {
    expect(expectationOf(scenario('udp', '', 30), CAPACITY)).toMatchObject({
      peakEntries: 600,
      steadyEntries: 900,
      settledAfterSeconds: 30,
    });
  });

  it('of short-lived entries: a steady state below one entry a connection', () => {
    const expected = expectationOf(scenario('short', 'timeouts: {tcp_time_wait: 5s}'), CAPACITY);
    expect(expected).toMatchObject({ fullAtSeconds: null, steadyEntries: 500, settledAfterSeconds: 5, dropShareWhenFull: null });
    expect(expected.entriesPerConnection).toBeCloseTo(0.25, 2);
  });
});

describe('prediction and measurement', () => {
  const expected = expectationOf(scenario('short'), CAPACITY);
  const compare = (changes: Parameters<typeof run>[0]) => {
    const { log, fullAt } = factsOfRun(run(changes), []);
    const measured = { table: log.tables.gateway, loads: log.loads, prefilled: 0, fullAt, dropShareWhenFull: 0.9 };
    return Object.fromEntries(comparePrediction(expected, measured).map(({ quantity, ...row }) => [quantity, row]));
  };

  it('gives both and the difference', () => {
    const rows = compare({ fullAt: 9.005 });
    expect(rows['timeToFullSeconds']?.measured).toBe(9.01);
    expect(rows['timeToFullSeconds']?.difference).toBeCloseTo(-0.99, 2);
    expect(rows['dropShareWhenFull']).toEqual({ predicted: 1, measured: 0.9, difference: expect.closeTo(-0.1, 6) });
    expect(rows['entriesPerConnection']?.measured).toBeCloseTo(1.11, 1);
  });

  it('leaves open what the run did not come to', () => {
    const rows = compare({});
    expect(rows['timeToFullSeconds']).toMatchObject({ measured: null, difference: null });
    expect(rows['steadyEntries']).toMatchObject({ predicted: 1000, measured: null, difference: null });
    expect(rows['peakEntries']?.measured).toBe(500);
  });
});

describe('a table that an action changed', () => {
  it('is not compared with the prediction, but says what the connections so far cost', () => {
    const { log, fullAt } = factsOfRun(run({ fullAt: 9.005 }), []);
    const measured = { table: log.tables.gateway, loads: log.loads, prefilled: 0, fullAt, dropShareWhenFull: 0.9 };
    const expected = expectationOf(scenario('short'), CAPACITY);
    const rows = comparePrediction(expected, { ...measured, cutAt: 5, changedAt: 5 });
    expect(rows).toEqual([
      { quantity: 'entriesPerConnection', predicted: null, measured: expect.closeTo(1.1, 1), difference: null },
    ]);
  });
});

describe('a load that was stopped early', () => {
  const expected = expectationOf(scenario('short'), CAPACITY); // full after 10 s
  const stopped = (seconds: number, fullAt: number | undefined, outcome: 'interrupted' | 'stopped' | 'finished') => {
    const records = run({ seconds, ...(fullAt === undefined ? {} : { fullAt }) }).slice(0, -1);
    const name = outcome === 'stopped' ? 'threshold-crossed' : 'interrupted';
    const event = outcome === 'finished' ? [] : [{ type: 'event' as const, t: seconds, name } as const];
    return summarize([...records, ...event, { type: 'end', t: seconds + 1, outcome }], [], expected).prediction;
  };
  const names = (rows: ReturnType<typeof stopped>) => rows.map(({ quantity }) => quantity);

  it('is not compared with the prediction of a whole one', () => {
    expect(stopped(5, undefined, 'interrupted')).toEqual([]);
    expect(stopped(5, undefined, 'stopped')).toEqual([]);
    expect(names(stopped(20, undefined, 'finished'))).toContain('peakEntries');
  });

  it('but for a table that was full by then, or should have been', () => {
    const rows = stopped(12, 9.005, 'interrupted');
    expect(names(rows)).toEqual(['timeToFullSeconds', 'peakEntries', 'dropShareWhenFull', 'entriesPerConnection']);
    expect(rows[0]).toMatchObject({ measured: 9.01 });
    expect(stopped(12, undefined, 'interrupted')).toMatchObject([{ quantity: 'timeToFullSeconds', measured: null }]);
  });

  it('when it was stopped only after its end', () => {
    expect(names(stopped(20, undefined, 'interrupted'))).toContain('peakEntries');
  });
});
