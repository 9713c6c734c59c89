import { expect, it } from 'vitest';
import type { NodeExporterRecord } from '../../../../src/model/timeline/node-exporter.ts';
import { monotonic, until } from '../../../../src/platform/clock.ts';
import { ExporterLoop } from '../../../../src/probe/exporter/exporter-loop.ts';

const FIGURES = ['entries', 'entries_limit', 'stat_drop', 'stat_early_drop', 'stat_insert_failed'];
const TEXT = FIGURES.map((name) => `node_nf_conntrack_${name} 7\n`).join('');

it('scrapes before the load, on the second, and once more when it is stopped', async () => {
  const records: NodeExporterRecord[] = [];
  const loop = new ExporterLoop({ scrape: async () => TEXT }, (record) => records.push(record));
  const running = loop.run(monotonic() + 0.2);
  expect(await until(() => records.length >= 2, 10)).toBe(true);
  loop.stop();
  await running;
  const [before, first] = records;
  expect(before).toMatchObject({ type: 'node-exporter', entries: 7, version: 'unknown' });
  expect(before?.t).toBeLessThan(0);
  expect(first?.t).toBeGreaterThanOrEqual(0);
  expect(first?.t).toBeLessThan(1);
  expect(records.length).toBeGreaterThanOrEqual(3);
});

it('fails with the scrape', async () => {
  const loop = new ExporterLoop({ scrape: () => Promise.reject(new Error('it ended')) }, () => {});
  await expect(loop.run(monotonic())).rejects.toThrow('it ended');
});
