import { describe, expect, it } from 'vitest';
import { type Answer, Search, type SearchOptions, type TrialOutcome } from '../../../../src/analysis/search/search.ts';

const LIMIT = { code: 'not-started', figures: { notStarted: 20, scheduled: 100, when: 'whole-load' } } as const;
const CUT = { code: 'recording-truncated', figures: {} } as const;

const HELD: TrialOutcome = { kind: 'held' };
const BROKE: TrialOutcome = { kind: 'broke' };

const OPTIONS: SearchOptions = { initialValue: 100, exponentialFactor: 2, precision: 0.05, deadlineSeconds: 600, whole: false };

interface Tried {
  readonly value: number;
  readonly confirm: boolean;
}

/** Runs a search to its end, ten seconds a trial. */
function search(objective: (trial: Tried, number: number) => TrialOutcome, options: Partial<SearchOptions> = {}) {
  let now = 1000;
  const one = new Search({ ...OPTIONS, ...options }, () => now);
  const trials: Tried[] = [];
  for (let step = one.next(); ; step = one.next()) {
    if (step.kind !== 'trial') return { answer: step as Answer, trials };
    expect(one.next()).toEqual(step);
    trials.push({ value: step.value, confirm: step.confirm });
    now += 10;
    one.record(objective(step, trials.length));
    expect(trials.length).toBeLessThan(80);
  }
}

const upTo = (limit: number) => (trial: Tried) => (trial.value <= limit ? HELD : BROKE);

/** Repeatable noise between 0 and 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('a search', () => {
  it.each([3, 99, 100, 137, 1234.5, 400_000])('finds a limit of %d to its precision, never above it', (limit) => {
    const { answer, trials } = search(upTo(limit));
    if (answer.kind !== 'converged') throw new Error(answer.why.code);
    expect(answer.value).toBeLessThanOrEqual(limit);
    expect(answer.value).toBeGreaterThanOrEqual(limit / 1.051);
    expect(trials.filter(({ confirm }) => confirm)).toEqual([{ value: answer.value, confirm: true }]);
  });

  it('brackets, bisects and confirms, in that order', () => {
    expect(search(upTo(137), { precision: 0.2 }).trials).toEqual([
      { value: 100, confirm: false },
      { value: 200, confirm: false },
      { value: 150, confirm: false },
      { value: 125, confirm: false },
      { value: 125, confirm: true },
    ]);
  });

  it('of whole numbers tries no others, and may narrow down to one', () => {
    const { answer, trials } = search(upTo(3000), { whole: true, precision: 1e-6 });
    expect(answer).toEqual({ kind: 'converged', value: 3000 });
    expect(trials.every(({ value }) => Number.isInteger(value))).toBe(true);
  });

  it('steps down when the longer trial breaks, and goes on', () => {
    const { answer, trials } = search((trial) => upTo(trial.confirm ? 110 : 137)(trial));
    if (answer.kind !== 'converged') throw new Error(answer.why.code);
    expect(answer.value).toBeLessThanOrEqual(110);
    expect(answer.value).toBeGreaterThanOrEqual(110 * 0.95 * 0.95);
    expect(trials.at(-1)).toEqual({ value: answer.value, confirm: true });
  });

  it('is doomed when no longer trial holds', () => {
    const { answer, trials } = search((trial) => (trial.confirm ? BROKE : upTo(137)(trial)));
    expect(answer).toMatchObject({ kind: 'doomed', why: { code: 'never-confirmed' } });
    expect(trials.filter(({ confirm }) => confirm)).toHaveLength(6);
  });

  it.each([1, 7, 99, 12345])('gives nearly the same answer about a noisy limit (seed %d)', (seed) => {
    const random = noise(seed);
    const { answer } = search(({ value }) => (value * (0.98 + 0.04 * random()) <= 137 ? HELD : BROKE));
    if (answer.kind !== 'converged') throw new Error(answer.why.code);
    expect(Math.abs(answer.value / 137 - 1)).toBeLessThan(0.1);
  });
});

describe('a search is doomed', () => {
  it('when nothing holds', () => {
    expect(search(() => BROKE).answer).toMatchObject({
      kind: 'doomed',
      best: null,
      why: { code: 'nothing-held', value: expect.closeTo(0, 3) },
    });
    expect(search(() => BROKE, { whole: true }).answer).toEqual({
      kind: 'doomed',
      best: null,
      why: { code: 'nothing-held', value: 1 },
    });
  });

  it('when nothing breaks', () => {
    expect(search(() => HELD).answer).toMatchObject({
      kind: 'doomed',
      why: { code: 'nothing-broke', value: expect.any(Number) },
    });
  });

  it('at the limit of the generator, which it never takes for an answer, but says what held', () => {
    const bound: TrialOutcome = { kind: 'out-of-reach', why: LIMIT };
    const { answer } = search(({ value }) => (value <= 700 ? HELD : bound));
    if (answer.kind !== 'doomed') throw new Error(answer.kind);
    expect(answer.why).toEqual({ code: 'trial', why: LIMIT });
    expect(answer.best).toBeGreaterThan(660);
    expect(answer.best).toBeLessThanOrEqual(700);
  });

  it('not by a generator at its limit when the table breaks below', () => {
    const { answer } = search(({ value }) => (value <= 137 ? HELD : value <= 190 ? BROKE : { kind: 'out-of-reach', why: LIMIT }));
    expect(answer.kind).toBe('converged');
  });

  it('when a value stays unclear; once is forgiven', () => {
    const unclear: TrialOutcome = { kind: 'unclear', why: CUT };
    expect(search(() => unclear)).toMatchObject({
      answer: { kind: 'doomed', why: { code: 'trial', why: CUT } },
      trials: [{ value: 100 }, { value: 100 }],
    });
    expect(search((trial, number) => (number % 2 === 1 ? unclear : upTo(137)(trial))).answer.kind).toBe('converged');
  });
});

it('a search stops at its deadline and says what held so far', () => {
  const { answer, trials } = search(upTo(137), { deadlineSeconds: 35 });
  expect(answer).toMatchObject({ kind: 'deadline', best: 125 });
  expect(trials).toHaveLength(4);
});
