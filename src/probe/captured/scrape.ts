import type { LineParser } from './line-parser.ts';

const SAMPLE = /^(node_\w+)(\{[^}]*\})?\s+([\d.eE+-]+)(?:\s+\d+)?\s*$/;
export const FORMAT = 'node_exporter';

/**
 * A scrape of node_exporter (Prometheus' text format), or what `ctload watch` serves: the table of the namespace that it runs in, which
 * has no label `netns`.
 */
export function scrape(): LineParser {
  let of: string | undefined; // a federated scrape may hold several machines: the first one counts
  return (line, sink) => {
    if (/^# (?:HELP|TYPE) (?:go|node|process|promhttp)_/.test(line)) return true;
    const [, name = '', labels = '', text] = SAMPLE.exec(line) ?? [];
    const value = Number(text);
    if (name === '' || Number.isNaN(value)) return false;
    const instance = /instance="([^"]*)"/.exec(labels)?.[1];
    of ??= instance;
    if (labels.includes('netns=') || instance !== of) return true;
    const device = /device="([^"]*)"/.exec(labels)?.[1];
    const short = nameOf(name, device);
    if (short === undefined) return true;
    sink.value(FORMAT, short, value);
    return true;
  };
}

/** What a metric of node_exporter is called in readings; undefined for those that are not judged. */
export function nameOf(metric: string, device: string | undefined): string | undefined {
  if (metric === 'node_nf_conntrack_entries') return 'entries';
  if (metric === 'node_nf_conntrack_entries_limit') return 'nf_conntrack_max';
  if (metric === 'node_sockstat_TCP_inuse' || metric === 'node_sockstat_TCP_tw') return metric;
  const [, counter] = /^node_nf_conntrack_stat_(\w+)$/.exec(metric) ?? [];
  if (counter !== undefined) return counter;
  const [, protocol, name] = /^node_netstat_([A-Za-z0-9]+)_(\w+)$/.exec(metric) ?? [];
  if (protocol !== undefined) return `${protocol}${name}`;
  const [, allowance] = /^node_ethtool_(\w+_allowance_(?:exceeded|available))$/.exec(metric) ?? [];
  return allowance === undefined ? undefined : `${device}: ${allowance}`;
}
