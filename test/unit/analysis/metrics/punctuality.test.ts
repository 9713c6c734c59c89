import { expect, it } from 'vitest';
import { TableRows } from '../../../../src/analysis/log/table-rows.ts';
import { inTimeShareWhenFull } from '../../../../src/analysis/metrics/punctuality.ts';

/** Samples of a table of 500, by time in ms. */
function rows(...samples: readonly (readonly [ms: number, entries: number])[]): TableRows {
  const all = new TableRows();
  for (const [ms, entries] of samples) all.push({ t: ms / 1000, entries, drop: 0, earlyDrop: 0, insertFailed: 0 });
  return all;
}

it.each([
  ['none was due', rows([0, 499], [20, 500]), null],
  ['every one is on time', rows([0, 500], [20, 500], [40, 500], [60, 500]), 1],
  ['one is late by less than an interval', rows([0, 500], [39.9, 500], [40, 500], [60, 500]), 1],
  ['one of four is missed', rows([0, 500], [20, 500], [60, 500], [80, 500]), 0.75],
  ['those before the table is full do not count', rows([0, 1], [100, 500], [120, 500], [140, 400], [300, 400]), 1],
  ['the last sample, between two due times, is none', rows([0, 500], [20, 500], [25, 500]), 1],
] as const)('samples in time, of those due while the table is full: %s', (_, samples, share) => {
  expect(inTimeShareWhenFull(samples, 500, 0.02)).toBe(share);
});
