import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { TickMerger } from '../../../../src/load/fleet/merge.ts';
import type { TickReport } from '../../../../src/load/protocol/messages.ts';
import { PhaseHistograms } from '../../../../src/load/tally/histograms.ts';
import { seeded } from '../../../../src/model/random.ts';
import type { LatencySlice } from '../../../../src/model/result/latency.ts';
import type { GaugeRecord, LoadRecord } from '../../../../src/model/timeline/sample.ts';
import { decodeValues } from '../../../../src/timeline/recorded-values.ts';

function merger(agents: number) {
  const records: (LoadRecord | GaugeRecord)[] = [];
  const slices: LatencySlice[] = [];
  const ticks = new TickMerger(agents, { onRecord: (r) => records.push(r), onHistogram: (s) => slices.push(s) });
  return { ticks, records, slices };
}

const report = (tick: number, more: Partial<TickReport> = {}): TickReport => ({
  type: 'tick',
  tick,
  loads: [],
  gauges: [],
  slices: [],
  ...more,
});

function encoded(...seconds: number[]): string {
  const histograms = new PhaseHistograms();
  for (const value of seconds) histograms.record('connecting', value);
  return histograms.take()[0]?.data ?? '';
}

describe('TickMerger', () => {
  it('adds up what the agents say of the same attempts into one record', () => {
    const { ticks, records } = merger(2);
    const failed = { flood: 'a', bucket: 1, attempted: 2, failed: { refused: 1 }, firstBadAt: 0.15 };
    ticks.add(0, report(3, { loads: [failed] }));
    expect(records).toEqual([]); // the other agent has not spoken yet
    ticks.add(1, report(3, { loads: [{ flood: 'a', bucket: 1, attempted: 1, failed: { refused: 2 }, firstBadAt: 0.12 }] }));
    expect(records).toEqual([
      { type: 'load', t: 0.1, at: 0.3, flood: 'a', attempted: 3, failed: { refused: 3 }, firstBadAt: 0.12 },
    ]);
  });

  it('adds up what came in place of a good answer', () => {
    const { ticks, records } = merger(2);
    ticks.add(0, report(1, { loads: [{ flood: 'a', bucket: 0, failed: { other: 2 }, failedWith: { '404': 2 } }] }));
    ticks.add(1, report(1, { loads: [{ flood: 'a', bucket: 0, failed: { other: 2 }, failedWith: { '404': 1, EPERM: 1 } }] }));
    expect(records).toMatchObject([{ failed: { other: 4 }, failedWith: { '404': 3, EPERM: 1 } }]);
  });

  it('does not wait for an agent that skipped a tick or is gone', () => {
    const { ticks, records } = merger(2);
    ticks.add(0, report(1, { loads: [{ flood: 'a', bucket: 0, attempted: 1 }] }));
    ticks.add(1, report(2));
    expect(records).toHaveLength(1);
    ticks.add(0, report(5, { loads: [{ flood: 'a', bucket: 4, attempted: 1 }] }));
    ticks.end(1);
    expect(records.map((record) => (record.type === 'load' ? record.at : undefined))).toEqual([0.1, 0.5]);
  });

  it('sums gauges, keeping what an agent said before', () => {
    const { ticks, records } = merger(2);
    ticks.add(0, report(1, { gauges: [{ flood: 'a', open: 5, connecting: 1 }] }));
    ticks.add(1, report(1, { gauges: [{ flood: 'a', open: 2, connecting: 0 }] }));
    ticks.add(0, report(2));
    ticks.add(1, report(2, { gauges: [{ flood: 'a', open: 3, connecting: 0 }] }));
    expect(records).toEqual([
      { type: 'gauge', t: 0.1, flood: 'a', open: 7, connecting: 1 },
      { type: 'gauge', t: 0.2, flood: 'a', open: 8, connecting: 1 },
    ]);
  });

  it('merges the histograms of one second without losing a value', () => {
    const { ticks, slices } = merger(2);
    const slice = (data: string) => ({ slices: [{ flood: 'a', phase: 'connecting', data } as const] });
    ticks.add(0, report(10, slice(encoded(0.001, 0.002))));
    ticks.add(1, report(10, slice(encoded(7.5))));
    expect(slices).toHaveLength(1);
    expect(slices[0]).toMatchObject({ flood: 'a', phase: 'connecting', from: 0, to: 1 });
    const merged = decodeFromCompressedBase64(slices[0]?.data ?? '');
    expect(merged.totalCount).toBe(3);
    expect(Math.abs(merged.maxValue / 7.5e6 - 1)).toBeLessThan(0.001); // three digits
    expect(merged.getValueAtPercentile(1)).toBeCloseTo(1000, -1);
  });

  it('puts out the unfinished second when it is flushed', () => {
    const { ticks, slices } = merger(1);
    ticks.add(0, report(13, { slices: [{ flood: 'a', phase: 'connecting', data: encoded(0.1) }] }));
    expect(slices).toEqual([]);
    ticks.flush();
    expect(slices).toMatchObject([{ from: 1, to: 2 }]);
  });
});

it.each([1, 2, 3, 7, 16, 32])('merges the latencies of %i agents into those of one recorder', (agents) => {
  const random = seeded(agents);
  const values = Array.from({ length: 1003 }, () => 10 ** (random() * 6 - 5));
  const { ticks, slices } = merger(agents);
  for (let agent = 0; agent < agents; agent++) {
    const own = encoded(...values.filter((_, index) => index % agents === agent));
    ticks.add(agent, report(10, { slices: [{ flood: 'a', phase: 'connecting', data: own }] }));
  }
  expect(slices.map(({ from, to }) => [from, to])).toEqual([[0, 1]]);
  expect(decodeValues(slices[0]?.data ?? '')).toEqual(decodeValues(encoded(...values)));
});

it('costs as much for each report of 1,600 agents as of 100', () => {
  const secondsPerReport = (agents: number, ticksEach: number): number => {
    const { ticks } = merger(agents);
    const loads = [{ flood: 'a', bucket: 1, attempted: 1 }];
    const started = process.hrtime.bigint();
    for (let tick = 1; tick <= ticksEach; tick++) {
      for (let agent = 0; agent < agents; agent++) ticks.add(agent, report(tick, { loads }));
    }
    return Number(process.hrtime.bigint() - started) / (agents * ticksEach);
  };
  const best = (agents: number, ticksEach: number) =>
    Math.min(...Array.from({ length: 5 }, () => secondsPerReport(agents, ticksEach)));
  best(100, 160); // compiled by now
  expect(best(1600, 10) / best(100, 160)).toBeLessThan(4);
});
