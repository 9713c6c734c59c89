import { describe, expect, it } from 'vitest';
import { renderCsv } from '../../../src/report/csv.ts';
import { recordedRun } from '../../fixtures/recorded.ts';

describe('timeline.csv', () => {
  const run = recordedRun('smoke');
  const text = renderCsv(run);
  const [header = [], ...rows] = text
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.split(','));
  const column = (name: string) => rows.map((row) => row[header.indexOf(name)] ?? '');

  it('begins with the names of the columns', () => {
    expect(header).toEqual([
      ...['t_seconds', 'entries_max', 'entries_min', 'utilization', 'drop', 'early_drop', 'insert_failed'],
      ...['attempted', 'succeeded', 'delayed', 'failed_conntrack_full', 'open_connections'],
      ...['connecting_p50_ms', 'connecting_p90_ms', 'connecting_p99_ms', 'connecting_max_ms'],
      ...['entries_time_wait', 'entries_established', 'gateway_cpu_share', 'machine_cpu_share', 'memory_share'],
    ]);
  });

  it('has a row for every 100 ms, all of the same width, ended by CRLF', () => {
    expect(rows).toHaveLength(46);
    expect(column('t_seconds').slice(0, 4)).toEqual(['0', '0.1', '0.2', '0.3']);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('adds up to the summary', () => {
    const sum = (name: string) => column(name).reduce((total, cell) => total + Number(cell), 0);
    expect(sum('drop')).toBe(run.summary.conntrack.drop);
    expect(sum('attempted')).toBe(900);
    expect(sum('failed_conntrack_full')).toBe(400);
    expect(Math.max(...column('utilization').map(Number))).toBe(1);
  });

  it('leaves cells empty where nothing was measured', () => {
    expect(
      column('connecting_p50_ms')
        .map((cell) => cell !== '')
        .slice(0, 12),
    ).toEqual([true, ...Array(9).fill(false), true, false]);
  });
});
