import type { NodeExporterRecord } from '../../model/timeline/node-exporter.ts';

/** What one scrape says of the table. */
export type ScrapedTable = Omit<NodeExporterRecord, 'type' | 't' | 'took' | 'gateway'>;

const NAMES = {
  entries: 'node_nf_conntrack_entries',
  limit: 'node_nf_conntrack_entries_limit',
  drop: 'node_nf_conntrack_stat_drop',
  earlyDrop: 'node_nf_conntrack_stat_early_drop',
  insertFailed: 'node_nf_conntrack_stat_insert_failed',
} as const;

/** @throws {Error} when a figure is missing: the exporter could not read the table. */
export function parseScrape(text: string): ScrapedTable {
  const read = (name: string): number => {
    const [, value] = new RegExp(`^${name} ([0-9.e+-]+)$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`prometheus-node-exporter gave no ${name}`);
    return Number(value);
  };
  const [, version = 'unknown'] = /^node_exporter_build_info\{.*\bversion="([^"]*)"/m.exec(text) ?? [];
  return {
    version,
    entries: read(NAMES.entries),
    limit: read(NAMES.limit),
    drop: read(NAMES.drop),
    earlyDrop: read(NAMES.earlyDrop),
    insertFailed: read(NAMES.insertFailed),
  };
}
