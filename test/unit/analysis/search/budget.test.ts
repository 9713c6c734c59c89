import { describe, expect, it } from 'vitest';
import { bracketOf } from '../../../../src/analysis/search/bracket.ts';
import { BudgetedSearch } from '../../../../src/analysis/search/budget.ts';
import { type Answer, Search, type SearchOptions } from '../../../../src/analysis/search/search.ts';
import type { TrialReport } from '../../../../src/model/result/find.ts';

const OPTIONS: SearchOptions = { initialValue: 100, exponentialFactor: 2, precision: 0.05, deadlineSeconds: 6000, whole: false };
const LOAD = { measuring: 30, confirming: 60 };

interface Case {
  readonly limit: number;
  readonly budget: number;
  /** Seconds that a trial takes besides its load. */
  readonly overhead?: number;
  /** Whether trials measure how near they came, on a curve that flattens: each promises a limit that is too low. */
  readonly curve?: boolean;
}

/** A search for `limit` whose trials take their whole time when they hold, and a third of it when they break. */
function search({ limit, budget, overhead = 2, curve = false }: Case) {
  let now = 500;
  const clock = () => now;
  const inner = new Search(curve ? { ...OPTIONS, initialValue: 57, bases: new Map([['table', 0]]) } : OPTIONS, clock);
  const secondsOf = ({ confirm }: { readonly confirm: boolean }) => (confirm ? LOAD.confirming : LOAD.measuring);
  const budgeted = new BudgetedSearch(inner, { endsAt: now + budget, secondsOf, clock });
  const trials: Pick<TrialReport, 'value' | 'outcome' | 'confirm'>[] = [];
  for (let step = budgeted.next(); ; step = budgeted.next()) {
    if (step.kind !== 'trial') return { answer: step as Answer, trials, took: now - 500, bracket: bracketOf(trials) };
    const outcome = step.value <= limit ? 'held' : 'broke';
    now += overhead + secondsOf(step) / (outcome === 'held' ? 1 : 3);
    trials.push({ value: step.value, outcome, confirm: step.confirm });
    const near = [{ of: 'table', ratio: (step.value / limit) ** 0.6 }];
    inner.record(curve ? { kind: outcome, strains: near } : { kind: outcome });
    expect(trials.length).toBeLessThan(80);
  }
}

describe('a search with a budget', () => {
  it.each([60, 90, 120, 200, 300, 400])('is over within %d s and brackets the limit by trials alone', (budget) => {
    for (const limit of [37, 99, 137, 880]) {
      const { answer, took, bracket, trials } = search({ limit, budget });
      expect(took).toBeLessThanOrEqual(budget);
      expect(trials.length).toBeGreaterThan(0);
      if (answer.kind === 'converged') expect(answer.value).toBeLessThanOrEqual(limit);
      else expect(answer.kind).toBe('bracket');
      expect(bracket.held ?? 0).toBeLessThanOrEqual(limit);
      expect(bracket.broke ?? Number.POSITIVE_INFINITY).toBeGreaterThan(limit);
    }
  });

  it('narrows its bracket with every minute more', () => {
    const widths = [40, 90, 150, 270].map((budget) => {
      const { held, broke } = search({ limit: 137, budget }).bracket;
      return (broke ?? Number.POSITIVE_INFINITY) - (held ?? 0);
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(new Set(widths).size).toBeGreaterThan(2);
  });

  it('ends as one without a budget does, if there is time enough', () => {
    expect(search({ limit: 137, budget: 6000 }).answer).toMatchObject({ kind: 'converged' });
  });

  it('closes the bracket above with its last trial, where curves have promised too little so far', () => {
    const { trials, bracket } = search({ limit: 137, budget: 110, curve: true });
    expect(trials.slice(0, 3).map(({ outcome }) => outcome)).toEqual(['held', 'held', 'broke']);
    expect(bracket.held).toBeGreaterThan(90);
    expect(bracket.broke).toBeLessThan(150);
  });

  it('learns from a trial what the others cost', () => {
    const { took } = search({ limit: 1000, budget: 200, overhead: 25 });
    expect(took).toBeLessThanOrEqual(200);
  });

  it('starts nothing that cannot end in time', () => {
    expect(search({ limit: 137, budget: 35 })).toMatchObject({ trials: [], answer: { kind: 'bracket' } });
  });
});

it('a value that broke takes back that it has held', () => {
  const trial = (value: number, outcome: TrialReport['outcome']) => ({ value, outcome });
  expect(bracketOf([])).toEqual({ held: null, broke: null });
  expect(bracketOf([trial(100, 'held'), trial(200, 'broke'), trial(150, 'unclear')])).toEqual({ held: 100, broke: 200 });
  expect(bracketOf([trial(100, 'held'), trial(100, 'broke')])).toEqual({ held: null, broke: 100 });
  expect(bracketOf([trial(100, 'held'), trial(400, 'out-of-reach')])).toEqual({ held: 100, broke: null });
});
