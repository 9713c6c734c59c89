import type { WatchedTable, WatchSample } from '../../model/result/watch.ts';
import { exposition, type Family, type Format, gauge, type Labels, type Sample } from '../prometheus/exposition.ts';
import { NODE_EXPORTER_HELP, type NodeExporterMetric } from '../prometheus/node-exporter.ts';

/** Where node_exporter's figures are in a sample. */
const FIGURES: Readonly<Record<NodeExporterMetric, (table: WatchedTable, sample: WatchSample) => number>> = {
  node_nf_conntrack_entries: ({ entries }) => entries,
  node_nf_conntrack_entries_limit: (_, { limit }) => limit,
  node_nf_conntrack_stat_found: ({ total }) => total.found,
  node_nf_conntrack_stat_invalid: ({ total }) => total.invalid,
  node_nf_conntrack_stat_insert: ({ total }) => total.insert,
  node_nf_conntrack_stat_insert_failed: ({ total }) => total.insertFailed,
  node_nf_conntrack_stat_drop: ({ total }) => total.drop,
  node_nf_conntrack_stat_early_drop: ({ total }) => total.earlyDrop,
  node_nf_conntrack_stat_search_restart: ({ total }) => total.searchRestart,
};

/**
 * A sample for Prometheus. Under node_exporter's names, types and helps it has what node_exporter has, so that its rules and
 * dashboards work: without labels for the namespace that watch runs in, as node_exporter has it, and with `netns` (the inode) and
 * `netns_name` for every other one, which node_exporter does not have. The rest is `ctload_watch_…`.
 */
export function watchMetrics(sample: WatchSample, format: Format): string {
  const { tables, unreadable, othersHidden, tableFullLogLines, self } = sample;
  const [own, ...others] = tables;
  const every = (value: (table: WatchedTable) => number | null | undefined): Sample[] =>
    tables.flatMap((table) => {
      const found = value(table);
      return found === null || found === undefined ? [] : [{ labels: labelsOf(table), value: found }];
    });
  const families: Family[] = [
    ...Object.entries(FIGURES).map(([name, figure]): Family => {
      const ofOthers = others.map((table) => ({ labels: labelsOf(table), value: figure(table, sample) }));
      const samples = own === undefined ? ofOthers : [{ value: figure(own, sample) }, ...ofOthers];
      return { name, type: 'gauge', help: NODE_EXPORTER_HELP[name as NodeExporterMetric], samples };
    }),
    gauge(
      'ctload_watch_growth_entries_per_second',
      'Slope of the number of entries over the latest samples.',
      every(({ slope }) => slope),
    ),
    gauge(
      'ctload_watch_time_to_full_seconds',
      'Time until the table is full at this slope; absent unless it clearly grows.',
      every(({ secondsToFull }) => secondsToFull),
    ),
    gauge(
      'ctload_watch_state_entries',
      'Entries by state, extrapolated from a sample of them.',
      tables.flatMap((table) =>
        Object.entries(table.states?.byState ?? {}).map(([state, value]) => ({ labels: { ...labelsOf(table), state }, value })),
      ),
    ),
    ...(['available', 'exceeded'] as const).map((name) =>
      gauge(
        `node_ethtool_conntrack_allowance_${name}`,
        `Network interface conntrack_allowance_${name}`,
        sample.allowances.flatMap(({ device, [name]: value }) => (value === null ? [] : [{ labels: { device }, value }])),
      ),
    ),
    gauge('ctload_watch_others_hidden', '1 where network namespaces of other processes are not visible.', [
      { value: Number(othersHidden) },
    ]),
    gauge('ctload_watch_unreadable_tables', 'Network namespaces whose table cannot be read.', [{ value: unreadable.length }]),
    {
      name: 'ctload_watch_table_full_log_lines_total',
      type: 'counter',
      help: "Lines about a full table in the kernel's log since watch started; the kernel limits their rate.",
      samples: tableFullLogLines === null ? [] : [{ value: tableFullLogLines }],
    },
    gauge('ctload_watch_sample_timestamp_seconds', 'When the tables were read.', [{ value: Date.parse(sample.at) / 1000 }]),
    gauge('ctload_watch_cpu_usage_ratio', 'CPU that watch has used, of one core.', [{ value: self.cpuShare }]),
    gauge('ctload_watch_resident_memory_bytes', 'Resident memory of watch.', [{ value: self.rssBytes }]),
  ];
  return exposition(families, {}, format);
}

function labelsOf({ netns, name }: WatchedTable): Labels {
  return { netns: String(netns), netns_name: name };
}
