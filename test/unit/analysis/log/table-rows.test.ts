import { expect, it } from 'vitest';
import { TableRows, type TableSample } from '../../../../src/analysis/log/table-rows.ts';

const row = (t: number, entries = 0): TableSample => ({ t, entries, drop: t * 2, earlyDrop: 3, insertFailed: 4 });

it('gives back more rows than a block holds, in order', () => {
  const rows = new TableRows();
  for (let t = 0; t < 10_000; t++) rows.push(row(t));
  expect(rows).toHaveLength(10_000);
  expect([...rows]).toEqual(Array.from({ length: 10_000 }, (_, t) => row(t)));
  expect([rows.at(0), rows.at(4096), rows.last, rows.at(-1), rows.at(10_000)]).toEqual([
    row(0),
    row(4096),
    row(9999),
    undefined,
    undefined,
  ]);
  expect(rows.findIndex(({ t }) => t > 5000)).toBe(5001);
  expect(rows.find(({ t }) => t > 20_000)).toBeUndefined();
});

it('sorts by time, and leaves rows of the same time as they came', () => {
  const rows = new TableRows();
  for (const one of [row(2, 1), row(1, 1), row(2, 2), row(0, 1)]) rows.push(one);
  expect([...rows.sorted()]).toEqual([row(0, 1), row(1, 1), row(2, 1), row(2, 2)]);
});

it('takes rows out and grows again from there', () => {
  const rows = new TableRows();
  for (let t = 0; t < 9000; t++) rows.push(row(t));
  rows.rewrite((sample) => (sample.t % 3 === 0 ? { ...sample, entries: 7 } : undefined));
  expect(rows).toHaveLength(3000);
  expect(rows.last).toEqual(row(8997, 7));
  rows.push(row(1));
  expect(rows.last).toEqual(row(1));
});
