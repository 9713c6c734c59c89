import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CompareOptions, compare } from '../../../../src/commands/compare/compare.ts';
import type { Comparison } from '../../../../src/model/result/comparison.ts';
import { brokenAt } from '../../../fixtures/compared.ts';
import { violations } from '../../../schemas/violations.ts';

const OPTIONS: CompareOptions = {
  maxRegression: ['breaking_point_entries=2%'],
  allowDifferent: [],
  markdown: false,
  json: false,
  color: false,
  environment: {},
};
const SCENARIO = (max: number) =>
  `name: test\ngateway: {conntrack: {max: ${max}, timeouts: {}}}\nfloods: {a: {stages: [{target: 5}]}}\n`;

let folder: string;
let printed: string;
let told: string;
const base = () => join(folder, 'base');
const candidate = () => join(folder, 'candidate');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-compare-'));
  printed = '';
  told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Leaves runs as `run --repeat` does. */
function leave(side: string, entries: readonly number[], max = 500): void {
  for (const [index, run] of brokenAt(...entries).entries()) {
    const path = join(side, `0${index + 1}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'summary.json'), JSON.stringify({ ...run.summary, keyOfTheFuture: 1 }));
    writeFileSync(join(path, 'scenario.resolved.yaml'), SCENARIO(max));
  }
  writeFileSync(join(side, 'repeat.json'), '{}');
}

describe('ctload compare', () => {
  it('takes no bound for an exact breaking point', () => {
    leave(base(), [500]);
    const path = join(base(), '01', 'summary.json');
    const summary = JSON.parse(readFileSync(path, 'utf8'));
    const bound = { ...summary.verdict, validity: 'inconclusive', bound: 'no-earlier', reasons: ['Ballast.'] };
    writeFileSync(path, JSON.stringify({ ...summary, verdict: bound }));
    expect(() => compare(base(), [base()], OPTIONS)).toThrow(
      /base has no exact breaking point, only a bound \(no-earlier\): Ballast\.$/,
    );
  });

  it('returns 0 and says so when nothing got worse, and 114 when something did', () => {
    leave(base(), [500, 500, 500, 500, 500]);
    leave(candidate(), [475, 475, 475, 475, 475]);
    expect(compare(base(), [base()], OPTIONS)).toBe(0);
    expect(printed).toContain('NO REGRESSION');
    expect(compare(base(), [candidate()], OPTIONS)).toBe(114);
    expect(printed).toContain('breaking_point_entries 500 → 475 (−5.0 %): worse by more than the limit of 2 % lower; p = 0.008');
  });

  it('takes a run alone, too, and prints JSON or Markdown', () => {
    leave(base(), [500]);
    expect(compare(join(base(), '01'), [base()], { ...OPTIONS, json: true })).toBe(0);
    const comparison = JSON.parse(printed);
    expect(comparison).toMatchObject({ schema: 'ctload/comparison@1', base: { runs: 1 }, regressions: [] });
    expect(violations('comparison', comparison)).toEqual([]);
    printed = '';
    compare(base(), [base()], { ...OPTIONS, markdown: true });
    expect(printed).toMatch(/^## NO REGRESSION: the limit holds\n/);
  });

  it('takes more than two sides, and corrects p for how many there are', () => {
    const third = join(folder, 'third');
    leave(base(), [500, 500, 500, 500, 500]);
    leave(candidate(), [475, 475, 475, 475, 475]);
    leave(third, [600, 600, 600, 600, 600]);
    const sides = [candidate(), third] as const;
    expect(compare(base(), [...sides], { ...OPTIONS, json: true })).toBe(114);
    const { comparisons, ...rest } = JSON.parse(printed);
    expect(violations('comparisons', { comparisons, ...rest })).toEqual([]);
    expect(rest).toMatchObject({ schema: 'ctload/comparisons@1', base: { folder: base(), runs: 5 } });
    const figures = comparisons.map((one: Comparison) => one.figures.find(({ name }) => name === 'breaking_point_entries'));
    expect(figures).toMatchObject([
      { change: -0.05, p: expect.closeTo(0.0159, 4), outcome: 'regression' },
      { change: 0.2, p: expect.closeTo(0.0159, 4), outcome: 'ok' },
    ]);
    printed = '';
    compare(base(), [...sides], OPTIONS);
    expect(printed).toContain(`Regression: limits exceeded by ${candidate()}.`);
    expect(printed).toMatch(/^ {2}breaking_point_entries +500 +475 +600 *$/m);
    expect(printed).toMatch(/^ {2}breaking_point_entries +−5\.0 % \* +\+20 % \* *$/m);
    expect(() => compare(base(), [candidate(), join(folder, 'none')], OPTIONS)).toThrow('no runs in');
  });

  it('refuses apples and pears, with what to allow', () => {
    leave(base(), [500]);
    leave(candidate(), [475], 475);
    expect(() => compare(base(), [candidate()], OPTIONS)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining('gateway.conntrack.max: 500 → 475'),
        hint: expect.stringContaining('--allow-different gateway.conntrack.max'),
      }),
    );
    expect(compare(base(), [candidate()], { ...OPTIONS, allowDifferent: ['gateway.conntrack.max'] })).toBe(114);
  });

  it('refuses a limit that would judge nothing', () => {
    leave(base(), [500]);
    const limited = (limit: string) => () => compare(base(), [base()], { ...OPTIONS, maxRegression: [limit] });
    expect(limited('breaking_point_entrys=2%')).toThrow(
      expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('breaking_point_entries') }),
    );
    expect(limited('conn_connecting p(12)=2%')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('refuses folders without a run, or with a broken one, naming the file', () => {
    leave(base(), [500]);
    expect(() => compare(base(), [candidate()], OPTIONS)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('no runs in') }),
    );
    expect(() => compare(join(base(), '01/summary.json'), [base()], OPTIONS)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('no runs in') }),
    );
    writeFileSync(join(base(), '01/summary.json'), '{"schema": "ctload/summary@1"}');
    expect(() => compare(base(), [base()], OPTIONS)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/01\/summary\.json: .*environment/) }),
    );
  });

  it('writes a page, and tells GitHub', () => {
    leave(base(), [500]);
    leave(candidate(), [475]);
    const [html, summary] = [join(folder, 'page.html'), join(folder, 'summary.md')];
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    compare(base(), [candidate()], { ...OPTIONS, html, environment });
    expect(readFileSync(html, 'utf8')).toContain('<h1><span class="regression">Regression</span>: 1 of 1 limit exceeded</h1>');
    expect(readFileSync(summary, 'utf8')).toContain('## REGRESSION: 1 of 1 limit exceeded');
    expect(told).toMatch(/^::error title=ctload compare%3A regression::breaking_point_entries 500 → 475 \(−5\.0 %25\)/);
  });
});
