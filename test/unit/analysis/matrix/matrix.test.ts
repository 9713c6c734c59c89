import { expect, it } from 'vitest';
import { brokeAfter, HELD, INVALID, matrixOf } from '../../../fixtures/matrix.ts';
import { violations } from '../../../schemas/violations.ts';

const ranks = (report: ReturnType<typeof matrixOf>) => report.variants.map(({ name, rank }) => `${name} ${rank}`);

it('ranks by the break; overlapping variants share a rank, and one that held is first', () => {
  const report = matrixOf({
    small: [1.6, 1.7].map(brokeAfter),
    large: [3.2, 3.4].map(brokeAfter),
    alike: [3.3, 3.5].map(brokeAfter),
    none: [HELD, HELD],
    unknown: [INVALID],
  });
  expect(violations('matrix', report)).toEqual([]);
  expect(ranks(report)).toEqual(['small 4', 'large 2', 'alike 2', 'none 1', 'unknown null']);
});

it('has the median, its interval and the difference to the baseline', () => {
  const [small, large, none] = matrixOf({
    small: [1, 2, 1.5].map(brokeAfter),
    large: [3, 3, 3].map(brokeAfter),
    none: [HELD],
  }).variants;
  expect(small?.figures.breaking_point_seconds).toMatchObject({ runs: 3, median: 1.5, min: 1, max: 2, change: 0 });
  expect(large?.figures.breaking_point_seconds).toMatchObject({ median: 3, min: 3, max: 3, change: 1, p: null });
  expect(none?.figures.breaking_point_seconds).toMatchObject({ median: null, change: null });
  expect(none?.figures.first_loss_seconds).toMatchObject({ median: null });
  expect(none?.figures.recovery_seconds).toBeNull(); // nothing had to recover
});

it('counts valid runs only, and keeps the others', () => {
  const [small] = matrixOf({ small: [brokeAfter(2), INVALID] }).variants;
  expect(small?.figures.breaking_point_seconds?.runs).toBe(1);
  expect(small?.runs.map(({ validity, exitCode }) => [validity, exitCode])).toEqual([
    ['valid', 0],
    ['generator-bound', 111],
  ]);
  const some = matrixOf({ small: [brokeAfter(2), INVALID, brokeAfter(3)], large: [HELD, HELD, HELD] });
  expect(some.intervalConfidence).toBe(0.5); // of two runs, not of the three that were asked for
});

it('corrects p for the number of variants', () => {
  const five = (from: number) => [0, 1, 2, 3, 4].map((step) => brokeAfter(from + step / 100));
  const alone = matrixOf({ small: five(1), large: five(2) }, { repeat: 5 });
  const one = alone.variants[1]?.figures.breaking_point_seconds;
  expect(one).toMatchObject({ p: expect.closeTo(2 / 252, 5), significant: true });
  const many = Object.fromEntries(['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, index) => [name, five(2 + index)]));
  const crowd = matrixOf({ small: five(1), ...many }, { repeat: 5 });
  expect(crowd.variants[1]?.figures.breaking_point_seconds).toMatchObject({
    p: expect.closeTo((7 * 2) / 252, 5),
    significant: false,
  });
  expect(crowd.variants[0]?.figures.breaking_point_seconds?.p).toBeNull();
  expect(crowd.intervalConfidence).toBe(0.9375);
});

it('has no environment and no ranks before the first run', () => {
  const report = matrixOf({ small: [], large: [] }, { outcome: 'aborted' });
  expect(violations('matrix', report)).toEqual([]);
  expect(report.environment).toBeNull();
  expect(ranks(report)).toEqual(['small null', 'large null']);
});

it('says what each variant did to the break of the baseline', () => {
  const effects = (report: ReturnType<typeof matrixOf>) => report.variants.map(({ name, effect }) => `${name} ${effect}`);
  const report = matrixOf({
    small: [brokeAfter(2)],
    large: [brokeAfter(4)],
    none: [HELD],
    alike: [brokeAfter(2.05)],
    worse: [brokeAfter(1)],
    unknown: [INVALID],
  });
  expect(effects(report)).toEqual(['small null', 'large later', 'none holds', 'alike none', 'worse sooner', 'unknown null']);
  expect(effects(matrixOf({ small: [HELD], worse: [brokeAfter(1)], alike: [HELD] }))).toEqual([
    'small null',
    'worse breaks',
    'alike none',
  ]);
});

it('does not tell apart breaks that are closer than new connections come', () => {
  const [slow] = [brokeAfter(2)].map((summary) => ({
    ...summary,
    breakingPoint: summary.breakingPoint && { ...summary.breakingPoint, offeredRate: 10 },
  }));
  if (slow === undefined) throw new Error('no run');
  expect(ranks(matrixOf({ small: [slow], large: [brokeAfter(2.09)] }))).toEqual(['small 1', 'large 1']);
  expect(ranks(matrixOf({ small: [slow], large: [brokeAfter(2.11)] }))).toEqual(['small 2', 'large 1']);
});

it('lets single runs share a rank unless their breaks are 5 % apart, as they have no interval', () => {
  const of = (...seconds: number[]) => seconds.map(brokeAfter);
  expect(ranks(matrixOf({ small: of(10), large: of(10.45) }))).toEqual(['small 1', 'large 1']);
  expect(ranks(matrixOf({ small: of(10), large: of(10.55) }))).toEqual(['small 2', 'large 1']);
  expect(ranks(matrixOf({ small: of(10, 10.1), large: of(10.4, 10.45) }))).toEqual(['small 2', 'large 1']);
});
