import type { OfGateway } from './gateways.ts';

/** One scrape of Debian's prometheus-node-exporter in the gateway's namespace (`probe.nodeExporter`), counters as absolute values. */
export interface NodeExporterRecord extends OfGateway {
  readonly type: 'node-exporter';
  /** Start of the scrape, in seconds since the start of the load. */
  readonly t: number;
  /** Seconds until its answer was there. */
  readonly took: number;
  /** Version of the exporter. */
  readonly version: string;
  /** `node_nf_conntrack_entries`, ballast subtracted. */
  readonly entries: number;
  /** `node_nf_conntrack_entries_limit`, as it was scraped. */
  readonly limit: number;
  /** `node_nf_conntrack_stat_drop`. */
  readonly drop: number;
  /** `node_nf_conntrack_stat_early_drop`. */
  readonly earlyDrop: number;
  /** `node_nf_conntrack_stat_insert_failed`. */
  readonly insertFailed: number;
}
