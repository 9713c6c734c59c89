/** Helps of node_exporter's metrics, all of them gauges (collector/conntrack_linux.go). */
export const NODE_EXPORTER_HELP = {
  node_nf_conntrack_entries: 'Number of currently allocated flow entries for connection tracking.',
  node_nf_conntrack_entries_limit: 'Maximum size of connection tracking table.',
  node_nf_conntrack_stat_found: 'Number of searched entries which were successful.',
  node_nf_conntrack_stat_invalid: 'Number of packets seen which can not be tracked.',
  node_nf_conntrack_stat_insert: 'Number of entries inserted into the list.',
  node_nf_conntrack_stat_insert_failed: 'Number of entries for which list insertion was attempted but failed.',
  node_nf_conntrack_stat_drop: 'Number of packets dropped due to conntrack failure.',
  node_nf_conntrack_stat_early_drop:
    'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.',
  node_nf_conntrack_stat_search_restart: 'Number of conntrack table lookups which had to be restarted due to hashtable resizes.',
} as const;

export type NodeExporterMetric = keyof typeof NODE_EXPORTER_HELP;
