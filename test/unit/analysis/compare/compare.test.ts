import { describe, expect, it } from 'vitest';
import { compareSides } from '../../../../src/analysis/compare/compare.ts';
import type { ComparedFigure, ComparedRun, Difference, RegressionLimit } from '../../../../src/model/result/comparison.ts';
import { brokenAt, comparedRun } from '../../../fixtures/compared.ts';

const side = (runs: readonly ComparedRun[]) => ({ folder: 'results/side', runs });
const LIMIT: RegressionLimit = { metric: 'breaking_point_entries', share: 0.02 };
const HELD = comparedRun({});

function compared(
  base: readonly ComparedRun[],
  candidate: readonly ComparedRun[],
  { limits = [LIMIT], differences = [] }: { limits?: readonly RegressionLimit[]; differences?: readonly Difference[] } = {},
) {
  return compareSides(side(base), side(candidate), differences, limits);
}

function figure(name: string, ...sides: Parameters<typeof compared>): ComparedFigure | undefined {
  return compared(...sides).figures.find((one) => one.name === name);
}

describe('a limit on the breaking point', () => {
  it('is exceeded by five runs whose table is 5 % smaller', () => {
    const result = compared(brokenAt(500, 500, 500, 500, 500), brokenAt(475, 475, 475, 475, 475));
    expect(result.regressions).toEqual(['breaking_point_entries']);
    expect(result.figures[0]).toMatchObject({ change: -0.05, p: 0.007937, limit: 0.02, outcome: 'regression' });
  });

  it.each([
    { what: 'the same', entries: [500, 500, 500, 500, 500] },
    { what: 'more', entries: [600, 600, 600, 600, 600] },
    { what: 'less, within the limit', entries: [491, 491, 491, 491, 491] },
  ])('holds when it is $what', ({ entries }) => {
    expect(compared(brokenAt(500, 500, 500, 500, 500), brokenAt(...entries)).regressions).toEqual([]);
  });

  it('is not exceeded by what may be chance', () => {
    const base = brokenAt(440, 500, 510, 520, 530);
    expect(figure('breaking_point_entries', base, brokenAt(430, 450, 480, 515, 540))).toMatchObject({ outcome: 'noise' });
  });

  it('decides alone when there are too few runs for a test', () => {
    expect(figure('breaking_point_entries', brokenAt(500), brokenAt(475))).toMatchObject({ p: null, outcome: 'regression' });
  });

  it('is exceeded when what held breaks, and not when what broke holds', () => {
    const broke = brokenAt(500);
    expect(figure('breaking_point_entries', [HELD], broke)).toMatchObject({
      base: { median: null },
      change: -1,
      outcome: 'regression',
    });
    expect(figure('breaking_point_entries', broke, [HELD])).toMatchObject({ candidate: { median: null }, outcome: 'ok' });
    expect(figure('breaking_point_entries', [HELD], [HELD])).toMatchObject({ change: 0, outcome: 'ok' });
  });
});

describe('other limits', () => {
  it('know which way is worse, or that either is', () => {
    const more = comparedRun({ fullAt: 6.005, dropsPerSecond: 80 });
    const limits = ['conn_failed', 'conntrack_drop', 'conns'].map((metric) => ({ metric, share: 0.1 }));
    expect(compared([comparedRun()], [more], { limits }).regressions).toEqual(['conn_failed', 'conntrack_drop']);
    expect(compared([more], [comparedRun()], { limits }).regressions).toEqual([]);
    const busier = comparedRun({ fullAt: 6.005, rate: 200 });
    expect(compared([busier], [comparedRun()], { limits: [{ metric: 'conns', share: 0.1 }] }).regressions).toEqual(['conns']);
  });

  it('may be put on one cause or flood', () => {
    const metric = 'conn_failed{cause:conntrack-full}';
    const more = comparedRun({ fullAt: 6.005, dropsPerSecond: 80 });
    expect(figure(metric, [comparedRun()], [more], { limits: [{ metric, share: 0.1 }] })).toMatchObject({
      base: { median: 0.2 },
      candidate: { median: 0.32 },
      outcome: 'regression',
    });
  });

  it('are exceeded by anything where there was nothing', () => {
    const drop: RegressionLimit = { metric: 'conntrack_drop', share: 0.5 };
    expect(figure('conntrack_drop', [HELD], [comparedRun()], { limits: [drop] })).toMatchObject({
      change: null,
      outcome: 'regression',
    });
  });
});

describe('figures of different machines', () => {
  const differences = [{ key: 'machine.kernel', base: '6.18.0', candidate: '6.8.0', allowed: true }];

  it('are compared only where the machine does not matter', () => {
    const result = compared([comparedRun()], [comparedRun()], { differences });
    const comparable = result.figures.filter((one) => one.comparable).map(({ metric }) => metric);
    expect(comparable).toEqual([
      'breaking_point_entries',
      'breaking_point_rate',
      'breaking_point_seconds',
      'conntrack_utilization',
    ]);
  });
});

describe('runs that prove nothing', () => {
  it('are left out and named', () => {
    const verdict = { ...HELD.summary.verdict, kind: 'inconclusive', validity: 'generator-bound', reasonCodes: [] } as const;
    const bound = comparedRun(undefined, { summary: { verdict }, folder: 'results/side/02' });
    expect(compared([comparedRun(), bound], [comparedRun()]).base).toEqual({
      folder: 'results/side',
      runs: 1,
      verdicts: { broke: 1 },
      leftOut: [{ folder: 'results/side/02', validity: 'generator-bound' }],
    });
  });
});
