import { describe, expect, it } from 'vitest';
import { watchMetrics } from '../../../../src/report/watch/watch-metrics.ts';
import { watchSample } from '../../../fixtures/watched.ts';

const lines = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name));

describe('the metrics of a sample', () => {
  it("have node_exporter's names: bare for the own namespace, with labels for the others", () => {
    const text = watchMetrics(watchSample(), 'text');
    expect(lines(text, 'node_nf_conntrack_entries')).toEqual([
      'node_nf_conntrack_entries 61440',
      'node_nf_conntrack_entries{netns="4026532100",netns_name="router \\"1\\""} 900',
      'node_nf_conntrack_entries{netns="4026532101",netns_name="process 12 (pause)"} 0',
      'node_nf_conntrack_entries_limit 65536',
      'node_nf_conntrack_entries_limit{netns="4026532100",netns_name="router \\"1\\""} 65536',
      'node_nf_conntrack_entries_limit{netns="4026532101",netns_name="process 12 (pause)"} 65536',
    ]);
    expect(lines(text, 'node_nf_conntrack_stat_early_drop')[0]).toBe('node_nf_conntrack_stat_early_drop 40');
    expect(lines(text, '# TYPE node_').every((line) => line.endsWith(' gauge'))).toBe(true);
  });

  it("have the allowance of an EC2 instance under node_exporter's names", () => {
    const allowances = [{ device: 'ens5', available: null, exceeded: 70, exceededSince: 7 }];
    expect(lines(watchMetrics(watchSample({ allowances }), 'text'), 'node_ethtool_')).toEqual([
      'node_ethtool_conntrack_allowance_exceeded{device="ens5"} 70',
    ]);
  });

  it('leave out what is not known', () => {
    const text = watchMetrics(watchSample({ tableFullLogLines: null }), 'text');
    expect(lines(text, 'ctload_watch_time_to_full_seconds')).toEqual([
      'ctload_watch_time_to_full_seconds{netns="4026531840",netns_name="here"} 78.6',
    ]);
    expect(text).not.toContain('log_lines');
    expect(lines(text, 'ctload_watch_state_entries')).toHaveLength(2);
  });

  it('are OpenMetrics where that is asked for', () => {
    const text = watchMetrics(watchSample(), 'openmetrics');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(lines(text, '# TYPE ctload_watch_table_full')).toEqual(['# TYPE ctload_watch_table_full_log_lines counter']);
    expect(lines(text, 'ctload_watch_table_full')).toEqual(['ctload_watch_table_full_log_lines_total 0']);
    expect(watchMetrics(watchSample(), 'text')).not.toContain('# EOF');
  });
});
