import { expect, it } from 'vitest';
import { seriesOf } from '../../../../src/analysis/series/series.ts';
import type { CompositionRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { renderTerminal } from '../../../../src/report/terminal/terminal.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../../fixtures/summary.ts';

const listing = (t: number, more: Partial<CompositionRecord> = {}): CompositionRecord => ({
  type: 'composition',
  t,
  states: { ESTABLISHED: 100, TIME_WAIT: 800 },
  unreplied: 0,
  assured: 900,
  cost: 0.01,
  reclaimed: 0,
  ...more,
});

const WITHOUT = run({ fullAt: 6.005 }).filter(({ type }) => type !== 'composition');
const DRAINED: TimelineRecord = { type: 'event', t: 10.2, name: 'drained' };

function summaryOf(...listings: readonly CompositionRecord[]) {
  return summarize([...WITHOUT, DRAINED, ...listings], LATENCY);
}

const textOf = (...listings: readonly CompositionRecord[]) =>
  renderTerminal(summaryOf(...listings), { color: false, width: 100 }).replace(/\s+/g, ' ');

it('takes the states at the break from a listing close to it, and from no other', () => {
  expect(summaryOf(listing(1), listing(5.5)).breakingPoint?.states).toEqual({ ESTABLISHED: 100, TIME_WAIT: 800 });
  expect(summaryOf(listing(1), listing(10.5)).breakingPoint?.states).toEqual({});
  expect(summaryOf(listing(1, { cost: 0.1 })).breakingPoint?.states).toEqual({ ESTABLISHED: 100, TIME_WAIT: 800 }); // the pause is 20 times that
});

it('knows of a recording from before what it always did', () => {
  const { reclaimed: _, ...before } = listing(1);
  const summary = summaryOf(before);
  expect(summary.breakingPoint?.states).toEqual({ ESTABLISHED: 100, TIME_WAIT: 800 });
  expect(summary.conntrack.listings).toBeNull();
  expect(textOf(before)).not.toContain('Listing');
});

it('says nothing of listings that changed nothing', () => {
  const listings = Array.from({ length: 21 }, (_, i) => listing(i / 2));
  expect(summaryOf(...listings).conntrack.listings).toEqual({
    whole: 21,
    sampled: 0,
    wholeUntilSeconds: 10,
    untilSeconds: null,
    reclaimed: 0,
  });
  expect(textOf(...listings)).not.toContain('Listing');
});

it('says when it sampled the table, and how many expired entries that took out of it', () => {
  const listings = Array.from({ length: 21 }, (_, i) => listing(i / 2, i < 10 ? {} : { sampled: 40, reclaimed: 100 }));
  expect(summaryOf(...listings).conntrack.listings).toEqual({
    whole: 10,
    sampled: 11,
    wholeUntilSeconds: 4.5,
    untilSeconds: null,
    reclaimed: 1100,
  });
  expect(textOf(...listings)).toContain(
    'all states listed until 4.50 s, then sampled from at most 1 % of the table; listing reclaimed about 1,100 expired entries',
  );
});

it('says when it stopped listing the table, and draws no states from then on', () => {
  const listings = [listing(0), listing(0.5), listing(10.5, { reclaimed: 700 })];
  expect(summaryOf(...listings).conntrack.listings).toEqual({
    whole: 2,
    sampled: 0,
    wholeUntilSeconds: 0.5,
    untilSeconds: 0.5,
    reclaimed: 0,
  });
  expect(textOf(...listings)).toContain('states not listed after 0.50 s');
  const records = [...WITHOUT, DRAINED, ...listings];
  expect(seriesOf(factsOfRun(records, LATENCY), []).states.t).toEqual([0, 0.5]);
});
