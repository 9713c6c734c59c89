import { expect, it } from 'vitest';
import { exitCodeOf, exitCodeOfSearches } from '../../../src/commands/exit-code.ts';
import type { Validity } from '../../../src/model/result/summary.ts';

it.each([
  ['valid', [true, true], false, 0],
  ['valid', [true, false], false, 99],
  ['valid', [], false, 0],
  ['generator-bound', [true, false], false, 111],
  ['inconclusive', [false], false, 111],
  ['valid', [false], true, 105],
  ['generator-bound', [false], true, 105],
] as const)('%s, thresholds ok: %j, interrupted: %s → exit %i', (validity: Validity, oks, interrupted, code) => {
  const verdict = { kind: 'broke', validity, bound: null, cause: null, reasons: [], reasonCodes: [] } as const;
  const thresholds = oks.map((ok) => ({ metric: 'conns', expression: 'count>5', ok, observed: 4, stoppedAtSeconds: null }));
  expect(exitCodeOf({ verdict, thresholds }, interrupted)).toBe(code);
});

it.each([
  [['converged', 'converged'], 0],
  [['converged', 'doomed'], 113],
  [['deadline'], 113],
  [['doomed', 'aborted'], 105],
] as const)('searches that end as %j → exit %i', (outcomes, code) => {
  expect(exitCodeOfSearches(outcomes.map((outcome) => ({ outcome })))).toBe(code);
});

it.each([
  [{ held: 90, broke: 100 }, 0],
  [{ held: 90, broke: null }, 113],
  [{ held: null, broke: 100 }, 113],
] as const)('a search that ends with the bracket %j → exit %i', (bracket, code) => {
  expect(exitCodeOfSearches([{ outcome: 'bracket', bracket }])).toBe(code);
});
