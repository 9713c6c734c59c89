import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { stretch } from '../../bench/growth/stretch.ts';
import { type Column, exponent, growthMarkdown, growthReport, type Row } from '../../bench/growth/table.ts';
import { recordedFolder } from '../../fixtures/recorded.ts';

const SECONDS: Column = { key: 'seconds', title: 'start', unit: 'seconds', isCost: true };
const BYTES: Column = { key: 'bytes', title: 'memory', unit: 'bytes', isCost: true };
const RATE: Column = { key: 'rate', title: 'opened', unit: 'per-second', isCost: false };
const row = (quantity: number, values: Row['values']): Row => ({ quantity, values });

describe('the exponent of growth', () => {
  it('is 1 for what grows as the quantity does, 2 for its square, 0 for what stays', () => {
    expect(exponent(row(10, { bytes: 5 }), row(1000, { bytes: 500 }), BYTES)).toBeCloseTo(1);
    expect(exponent(row(10, { bytes: 5 }), row(20, { bytes: 20 }), BYTES)).toBeCloseTo(2);
    expect(exponent(row(10, { bytes: 5 }), row(20, { bytes: 5 }), BYTES)).toBe(0);
  });

  it('is said only of costs, and only between two that are known', () => {
    expect(exponent(row(10, { rate: 5 }), row(20, { rate: 10 }), RATE)).toBeNull();
    expect(exponent(undefined, row(20, { bytes: 10 }), BYTES)).toBeNull();
    expect(exponent(row(10, { bytes: null }), row(20, { bytes: 10 }), BYTES)).toBeNull();
  });
});

it('makes a table with the exponents since the last row that was measured', () => {
  const rows = [
    row(1000, { seconds: 1, bytes: 5e6, rate: 4000 }),
    { quantity: 10_000, values: {}, cannot: 'no room' },
    row(100_000, { seconds: 0.999, bytes: 5e8, rate: 4100.4 }),
  ];
  const part = { name: 'connections' as const, measuredAt: '2026-01-02T03:04:05.000Z', columns: [SECONDS, BYTES, RATE], rows };
  const lines = growthMarkdown(growthReport([part], { ctload: '1.2.3' })).split('\n');
  expect(lines).toContain('| WebSockets | start | memory | opened |  |');
  expect(lines).toContain('| 1,000 | 1.00 s | 5.0 MB | 4,000/s |  |');
  expect(lines).toContain('| 10,000 |  |  |  | cannot: no room |');
  expect(lines).toContain('| 100,000 | 1.00 s (0.0) | 500 MB (1.0) | 4,100/s |  |');
});

describe('a record that is stretched', () => {
  const UNIT = 5;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctload-stretch-'));
    stretch(recordedFolder('mixed'), join(folder, 'once'), UNIT, UNIT);
    stretch(recordedFolder('mixed'), join(folder, 'thrice'), UNIT, 3 * UNIT);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has so many times the attempts, latencies and samples, and goes on in time', () => {
    const [once, thrice] = ['once', 'thrice'].map((name) => deriveReport(join(folder, name)));
    for (const flood of Object.keys(once?.summary.floods ?? {})) {
      const [one, three] = [once?.summary.floods[flood], thrice?.summary.floods[flood]];
      expect(three?.attempted).toBe(3 * (one?.attempted ?? Number.NaN));
      expect(three?.latencyMs['connecting']?.count).toBe(one && 3 * (one.latencyMs['connecting']?.count ?? 0));
    }
    expect(thrice?.summary.conntrack.samples).toBeGreaterThan(2.9 * (once?.summary.conntrack.samples ?? Number.NaN));
    expect(thrice?.series.load.attempted.slice(100, 150)).toEqual(once?.series.load.attempted.slice(0, 50));
  });

  it('has counters that never fall', () => {
    const text = readFileSync(join(folder, 'thrice', 'timeline.ndjson'), 'utf8');
    const opens = [...text.matchAll(/"host":"client","counters":.*?"TcpActiveOpens":(\d+)/g)].map(([, value]) => Number(value));
    expect(opens.length).toBeGreaterThan(50);
    expect(opens.toSorted((a, b) => a - b)).toEqual(opens);
  });
});
