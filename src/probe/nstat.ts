/**
 * The counters kept of /proc/net/snmp and /proc/net/netstat, by the names nstat(8) gives them: protocol + heading.
 * What tells lost SYNs, an overflowing listen queue and a wrong route apart from a full conntrack table.
 */
export const KEPT_COUNTERS = [
  'IpForwDatagrams',
  'IpInDiscards',
  'IpOutDiscards',
  'IpOutNoRoutes',
  'TcpActiveOpens',
  'TcpPassiveOpens',
  'TcpAttemptFails',
  'TcpEstabResets',
  'TcpOutRsts',
  'TcpRetransSegs',
  'TcpExtTCPSynRetrans',
  'TcpExtTCPTimeouts',
  'TcpExtTCPAbortOnTimeout',
  'TcpExtListenOverflows',
  'TcpExtListenDrops',
  'TcpExtTCPReqQFullDrop',
  'TcpExtSyncookiesSent',
  'TcpExtTCPBacklogDrop',
  'TcpExtTW',
] as const;

const KEPT: ReadonlySet<string> = new Set(KEPT_COUNTERS);

/**
 * Adds the kept counters of a /proc/net/snmp or /proc/net/netstat text to `counters`. Both list each protocol in two lines:
 * `Tcp: <headings>`, then `Tcp: <values>`.
 */
export function parseNetstat(text: string, counters: Record<string, number>): void {
  const lines = text.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const headings = (lines[i] as string).split(' ');
    const values = (lines[i + 1] as string).split(' ');
    const protocol = (headings[0] as string).slice(0, -1);
    for (let column = 1; column < headings.length; column++) {
      const name = protocol + headings[column];
      if (KEPT.has(name)) counters[name] = Number(values[column]);
    }
  }
}
