import { describe, expect, it } from 'vitest';
import { Curves } from '../../../../src/analysis/search/curves.ts';
import { type Answer, Search, type SearchOptions, type TrialOutcome } from '../../../../src/analysis/search/search.ts';

describe('where a curve meets its limit', () => {
  it('is told by two points, whatever the base', () => {
    const curves = new Curves();
    curves.add(100, [{ of: 'table', ratio: 0.5 }]);
    expect(curves.meets()).toBeUndefined();
    curves.add(200, [{ of: 'table', ratio: 0.9 }]);
    expect(curves.meets()).toBeCloseTo(225);
  });

  it('is told by one point where the model knows the base', () => {
    const curves = new Curves(new Map([['table', 0.3]]));
    curves.add(50, [{ of: 'table', ratio: 0.65 }]);
    expect(curves.meets()).toBeCloseTo(100);
  });

  it('is not told by one point that is hardly above the base, nor by a curve that falls', () => {
    const curves = new Curves(new Map([['table', 0.3]]));
    curves.add(50, [{ of: 'table', ratio: 0.31 }]);
    expect(curves.meets()).toBeUndefined();
    curves.add(100, [{ of: 'table', ratio: 0.29 }]);
    expect(curves.meets()).toBeUndefined();
  });

  it('is the lowest of several limits', () => {
    const curves = new Curves();
    for (const value of [10, 20])
      curves.add(value, [
        { of: 'table', ratio: value / 100 },
        { of: 'conn_duration p(99)<5', ratio: value / 40 },
      ]);
    expect(curves.meets()).toBeCloseTo(40);
  });
});

const OPTIONS: SearchOptions = { initialValue: 100, exponentialFactor: 2, precision: 0.05, deadlineSeconds: 6000, whole: false };

/** Repeatable noise from -1 to 1. */
function noiseOf(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  };
}

/** Searches where `strain` is what a trial measures; one that breaks ends before it has measured all of it. */
function search(strain: (value: number, confirm: boolean) => number, options: Partial<SearchOptions> = {}) {
  const one = new Search({ ...OPTIONS, ...options }, () => 0);
  let trials = 0;
  for (let step = one.next(); ; step = one.next()) {
    if (step.kind !== 'trial') return { answer: step as Answer, trials };
    const ratio = strain(step.value, step.confirm);
    const outcome: TrialOutcome = ratio < 1 ? { kind: 'held', strains: [{ of: 'table', ratio }] } : { kind: 'broke' };
    one.record(outcome);
    expect(++trials).toBeLessThan(40);
  }
}

/** The same, with what was tried. */
function tried(strain: (value: number, confirm: boolean) => number, options: Partial<SearchOptions>) {
  const trials: string[] = [];
  const { answer } = search((value, confirm) => {
    const ratio = strain(value, confirm);
    trials.push(`${confirm ? 'long' : 'short'} ${ratio < 1 ? 'held' : 'broke'}`);
    return ratio;
  }, options);
  if (answer.kind !== 'converged') throw new Error(answer.why.code);
  return { value: answer.value, trials };
}

function converged({ answer, trials }: ReturnType<typeof search>): { value: number; trials: number } {
  if (answer.kind !== 'converged') throw new Error(answer.why.code);
  return { value: answer.value, trials };
}

describe('a search that learns from curves', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

  it('needs three trials where the model knows the base: one that holds, one that breaks above it, and the confirmation', () => {
    const { value, trials } = converged(search((v) => 0.3 + v / 137, { initialValue: 50, bases: new Map([['table', 0.3]]) }));
    expect(value).toBeLessThanOrEqual(0.7 * 137);
    expect(value).toBeGreaterThanOrEqual((0.7 * 137) / 1.05);
    expect(trials).toBe(3);
  });

  it.each(seeds)('finds a limit known by construction to its precision, from far away (seed %d)', (seed) => {
    const limit = 20 + 400 * (1 + noiseOf(seed)());
    const { value, trials } = converged(search((v) => v / limit, { bases: new Map([['table', 0]]) }));
    expect(value).toBeLessThanOrEqual(limit);
    expect(value).toBeGreaterThanOrEqual(limit / 1.051);
    expect(trials).toBeLessThanOrEqual(8);
  });

  it.each(seeds)('is as exact where the model is wrong by a factor of three (seed %d)', (seed) => {
    const limit = 20 + 400 * (1 + noiseOf(seed)());
    const { value } = converged(search((v) => 0.2 + (0.8 * v) / limit, { bases: new Map([['table', 0.6]]) }));
    expect(value).toBeLessThanOrEqual(limit);
    expect(value).toBeGreaterThanOrEqual(limit / 1.051);
  });

  it.each(seeds)('finds a limit where what is measured varies by two percent (seed %d)', (seed) => {
    const noise = noiseOf(seed);
    const { value, trials } = converged(search((v) => (v / 137) * (1 + 0.02 * noise()), { bases: new Map([['table', 0]]) }));
    expect(Math.abs(value / 137 - 1)).toBeLessThan(0.09);
    expect(trials).toBeLessThanOrEqual(12);
  });

  it.each([
    ['bent upwards', (v: number) => (v / 137) ** 4],
    ['bent downwards', (v: number) => (v / 137) ** 0.25],
    ['a step', (v: number) => (v <= 137 ? 0.4 : 2)],
    ['a step after a slope that leads astray', (v: number) => (v <= 137 ? v / 1000 : 2)],
  ])('is not led astray by a curve: %s', (_, strain) => {
    const { value, trials } = converged(search(strain, { bases: new Map([['table', 0]]) }));
    expect(value).toBeLessThanOrEqual(137);
    expect(value).toBeGreaterThanOrEqual(137 / 1.051);
    expect(trials).toBeLessThanOrEqual(14);
  });

  it('steps down when longer trials strain more', () => {
    const { value } = converged(search((v, confirm) => (v / 137) * (confirm ? 1.1 : 1), { bases: new Map([['table', 0]]) }));
    expect(value).toBeLessThanOrEqual(137 / 1.1);
    expect(value).toBeGreaterThanOrEqual(137 / 1.1 / 1.12);
  });

  it('confirms a step below a value at which the table broke late', () => {
    const trials: string[] = [];
    const one = new Search({ ...OPTIONS, initialValue: 107.3, bases: new Map([['table', 0]]) }, () => 0);
    let step = one.next();
    for (; step.kind === 'trial' && trials.length < 10; step = one.next()) {
      const { value, confirm } = step;
      trials.push(`${confirm ? 'long' : 'short'} ${value}`);
      one.record(value < 103 ? { kind: 'held' } : { kind: 'broke', strains: [{ of: 'table', ratio: 1 }] });
    }
    expect(trials).toEqual(['short 107.3', 'long 102.4']);
    expect(step).toEqual({ kind: 'converged', value: 102.4 });
  });

  it('finds a limit that is far below a value at which the table broke late', () => {
    const one = new Search({ ...OPTIONS, initialValue: 300, bases: new Map([['table', 0]]) }, () => 0);
    let trials = 0;
    let step = one.next();
    for (; step.kind === 'trial' && trials < 20; step = one.next(), trials++) {
      const held: TrialOutcome = { kind: 'held', strains: [{ of: 'table', ratio: step.value / 103 }] };
      one.record(step.value < 103 ? held : { kind: 'broke', strains: [{ of: 'table', ratio: 1 }] });
    }
    expect(step).toMatchObject({ kind: 'converged' });
    expect(step.kind === 'converged' && step.value).toBeGreaterThanOrEqual(103 / 1.051);
  });

  it.each([
    ['breaks, and one a step below it holds', 1.02, ['short held', 'long broke', 'long held']],
    ['holds, and one a step above it breaks', 0.98, ['short held', 'long held', 'long broke']],
  ])('begins near the limit with a longer trial at it, which %s', (_, longer, outcomes) => {
    const strain = (v: number, confirm: boolean) => (0.3 + (0.7 * v) / 100) * (confirm ? longer : 1);
    const { value, trials } = tried(strain, { initialValue: 92, bases: new Map([['table', 0.3]]) });
    expect(trials).toEqual(outcomes);
    expect(strain(value, true)).toBeLessThan(1);
    expect(strain(value * 1.05, true)).toBeGreaterThan(1);
  });

  it.each([
    [97, ['long held', 'long broke']],
    [103, ['long broke', 'long held']],
    [113, ['long broke', 'long broke', 'long broke', 'long held']],
  ])(
    'begins with a longer trial where the model sees the limit, and goes down from there by steps: %d',
    (initialValue, outcomes) => {
      const options = { initialValue, modelled: true, bases: new Map([['table', 0.3]]) };
      const strain = (v: number) => 0.3 + (0.7 * v) / 100;
      const { value, trials } = tried((v) => strain(v), options);
      expect(trials).toEqual(outcomes);
      expect(value).toBeGreaterThan(95);
    },
  );

  it('takes no steps from where the generator is at its limit, nor below the least whole number', () => {
    const why = { code: 'not-started', figures: { notStarted: 20, scheduled: 100, when: 'whole-load' } } as const;
    const begin = { ...OPTIONS, modelled: true, bases: new Map([['table', 0]]) };
    const bound = new Search({ ...begin, initialValue: 400 }, () => 0);
    bound.record({ kind: 'out-of-reach', why });
    expect(bound.next()).toMatchObject({ value: 200, confirm: false, choice: 'bracket' });
    const least = new Search({ ...begin, initialValue: 1, whole: true }, () => 0);
    least.record({ kind: 'broke' });
    expect(least.next()).toMatchObject({ kind: 'doomed', why: { code: 'nothing-held' } });
  });

  it.each(seeds)('is as exact where the model has chosen a value three times too high, or too low (seed %d)', (seed) => {
    const limit = 20 + 400 * (1 + noiseOf(seed)());
    for (const initialValue of [limit * 3, limit / 3]) {
      const { value } = converged(search((v) => v / limit, { initialValue, modelled: true, bases: new Map([['table', 0]]) }));
      expect(value).toBeLessThanOrEqual(limit);
      expect(value).toBeGreaterThanOrEqual(limit / 1.051);
    }
  });

  it.each(seeds)('takes few trials where peaks vary by a percent, and longer ones see higher peaks (seed %d)', (seed) => {
    const noise = noiseOf(seed);
    const strain = (v: number, confirm: boolean) => 0.525 + 0.005 * v + (confirm ? 0.01 : 0) + 0.015 * noise();
    const { value, trials } = tried(strain, { initialValue: 90, modelled: true, bases: new Map([['table', 0.3]]) });
    expect(Math.abs(value / 93 - 1)).toBeLessThan(0.08);
    expect(trials.length).toBeLessThanOrEqual(5);
  });
});
