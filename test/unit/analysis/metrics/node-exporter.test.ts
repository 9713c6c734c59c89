import { expect, it } from 'vitest';
import { CapacityCourse } from '../../../../src/analysis/log/capacity-course.ts';
import { TableRows } from '../../../../src/analysis/log/table-rows.ts';
import { nodeExporterOf } from '../../../../src/analysis/metrics/node-exporter.ts';
import type { Summary } from '../../../../src/model/result/summary.ts';
import type { NodeExporterRecord } from '../../../../src/model/timeline/node-exporter.ts';
import { nodeExporterLine } from '../../../../src/report/facts/node-exporter.ts';

const SECONDS = 40;
/** 10 entries more each second up to 200; drops from 20 s on. */
const table = (t: number) => ({ entries: Math.min(200, Math.floor(t * 10)), drop: Math.max(0, Math.floor((t - 20) * 4)) });

function logOf(change: (record: NodeExporterRecord) => NodeExporterRecord = (record) => record, seconds = SECONDS) {
  const samples = new TableRows();
  for (let step = 0; step <= seconds * 10 + 5; step++) {
    samples.push({ t: step / 10, ...table(step / 10), earlyDrop: 0, insertFailed: 0 });
  }
  const scrape = (t: number): NodeExporterRecord => {
    const { entries, drop } = table(Math.max(0, t));
    return {
      type: 'node-exporter',
      ...{ t, took: 0.001, version: '1.5.0', limit: 262_144, entries, drop: drop + 7, earlyDrop: 1, insertFailed: 2 },
    };
  };
  const nodeExporter = [-0.1, ...Array.from({ length: seconds + 1 }, (_, second) => second + 0.002)].map(scrape).map(change);
  const gateway = { samples, capacity: new CapacityCourse(200), base: { drop: 7, earlyDrop: 1, insertFailed: 2 } };
  return { nodeExporter, tables: { gateway } } as unknown as Parameters<typeof nodeExporterOf>[0];
}

it('finds that scrapes agree, and what those every 15 s see in their best and worst phase', () => {
  expect(nodeExporterOf(logOf()).nodeExporter).toEqual({
    version: '1.5.0',
    scrapes: SECONDS + 1,
    agreed: SECONDS + 1,
    largestDifference: 0,
    seen: {
      intervalSeconds: 15,
      lowestPeakEntries: 200,
      highestPeakEntries: 200,
      // Drops since 20.3 s: scrapes at 21 s see them, those at 20 and 35 s only the latter.
      dropSeenAfterSeconds: { earliest: expect.closeTo(0.702, 6), latest: expect.closeTo(14.702, 6) },
    },
  });
});

it('says how far a scrape is off', () => {
  const { nodeExporter } = nodeExporterOf(
    logOf((record) => (record.t > 9 && record.t < 10 ? { ...record, entries: 95 } : record)),
  );
  expect(nodeExporter).toMatchObject({ scrapes: SECONDS + 1, agreed: SECONDS, largestDifference: 3 });
});

it('leaves out a scrape that ended after the last sample, for nothing says what the counters were then', () => {
  const last = SECONDS + 0.002;
  const { nodeExporter } = nodeExporterOf(
    logOf((record) => (record.t === last ? { ...record, took: 1, drop: record.drop + 50 } : record)),
  );
  expect(nodeExporter).toMatchObject({ scrapes: SECONDS, agreed: SECONDS });
});

it("compares the kernel's own drop, in which packets are whose entry clashed", () => {
  const log = logOf((record) => ({ ...record, drop: record.drop + 3 }));
  log.tables.gateway.samples.rewrite((sample) => ({ ...sample, clashed: 3 }));
  expect(nodeExporterOf(log).nodeExporter).toMatchObject({ scrapes: SECONDS + 1, agreed: SECONDS + 1 });
});

it('takes an entry above the limit for the limit, as the probe does', () => {
  const { nodeExporter } = nodeExporterOf(logOf((record) => (record.entries === 200 ? { ...record, entries: 201 } : record)));
  expect(nodeExporter?.agreed).toBe(SECONDS + 1);
});

it('does not know the worst phase of a run that has not all of them', () => {
  const { nodeExporter } = nodeExporterOf(logOf(undefined, 22));
  expect(nodeExporter?.seen.dropSeenAfterSeconds).toEqual({ earliest: expect.closeTo(0.702, 6), latest: null });
  const conntrack = { peakEntries: 200, effectiveMax: 200, ballast: 100 };
  const [[label, text] = ['', '']] = nodeExporterLine({ nodeExporter, conntrack } as unknown as Summary);
  expect(label).toBe('Exporter');
  expect(text).toMatch(/23 scrapes over a Unix socket, which makes no entry; all agree with the probe/);
  expect(text).toMatch(/not in every case before the end of the run.*100 entries of ballast/);
});

it('says nothing where there was none', () => {
  expect(nodeExporterOf({ ...logOf(), nodeExporter: [] })).toEqual({});
  expect(nodeExporterLine({} as Summary)).toEqual([]);
});
