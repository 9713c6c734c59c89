/**
 * What other programs call the things that ctload has names for: k6 (metrics, executors, options), the kernel and its exporters
 * (sysctls, counters), and everyday words. Keys are as `plain` writes them; of the values the first that is allowed at the place counts.
 */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  // k6's metrics
  httpreqs: ['conns'],
  iterations: ['conns', 'connections'],
  wssessions: ['conns'],
  httpreqfailed: ['conn_failed'],
  errors: ['conn_failed'],
  errorrate: ['conn_failed'],
  httpreqduration: ['conn_duration'],
  iterationduration: ['conn_duration'],
  httpreqconnecting: ['conn_connecting'],
  httpreqwaiting: ['conn_waiting'],
  httpreqblocked: ['schedule_lag'],
  // k6's scenarios
  scenario: ['flood'],
  scenarios: ['floods'],
  vus: ['conns_open', 'connections'],
  vusmax: ['conns_open'],
  startvus: ['startConnections'],
  gracefulstop: ['connectTimeout'],
  timeout: ['connectTimeout', 'responseTimeout'],
  constantvus: ['constant-connections', 'constant-arrival-rate'],
  rampingvus: ['ramping-connections', 'ramping-arrival-rate'],
  pervuiterations: ['burst'],
  // the kernel and those who export its counters
  count: ['conntrack_entries'],
  nodenfconntrackentries: ['conntrack_entries'],
  drop: ['conntrack_drop'],
  drops: ['conntrack_drop'],
  nodenfconntrackstatdrop: ['conntrack_drop'],
  earlydrop: ['conntrack_early_drop'],
  nodenfconntrackstatearlydrop: ['conntrack_early_drop'],
  insertfailed: ['conntrack_insert_failed'],
  nodenfconntrackstatinsertfailed: ['conntrack_insert_failed'],
  nodenetstattcpextsynretrans: ['tcp_syn_retrans'],
  hashsize: ['buckets'],
  hashtablesize: ['buckets'],
  limit: ['max'],
  max: ['limit'],
  maxentries: ['max'],
  tablesize: ['max'],
  // kinds of floods, drivers
  type: ['kind'],
  http: ['short'],
  request: ['short'],
  requests: ['short'],
  websocket: ['long'],
  websockets: ['long'],
  ws: ['long'],
  held: ['long'],
  leak: ['stale'],
  leaked: ['stale'],
  syn: ['half-open'],
  synflood: ['half-open'],
  dns: ['udp'],
  datagram: ['udp'],
  ping: ['icmp'],
  echo: ['icmp'],
  icmpv6: ['icmp'],
  namespace: ['netns'],
  namespaces: ['netns'],
  container: ['docker'],
  containers: ['docker'],
  podman: ['docker'],
  nft: ['nftables'],
  md: ['markdown'],
  // figures of a load and of a node
  rps: ['rate'],
  qps: ['rate'],
  cps: ['rate'],
  requestspersecond: ['rate'],
  cpu: ['cores'],
  cpus: ['cores'],
  vcpu: ['cores'],
  vcpus: ['cores'],
  ncpu: ['cores'],
  ram: ['memory'],
  mem: ['memory'],
  instance: ['instance-type', 'instanceType'],
  wsconnections: ['websockets'],
  nodes: ['replicas'],
  machine: ['instance-type'],
  latency: ['delay'],
};

/** The one of `names` that is `typed` in another notation (`nf_conntrack_max`, `Connect-Timeout`) or in the words of another program. */
export function otherName(typed: string, names: readonly string[]): string | undefined {
  const typedPlain = plain(typed);
  const others = Object.hasOwn(OTHER_NAMES, typedPlain) ? (OTHER_NAMES[typedPlain] ?? []) : [];
  return names.find((name) => plain(name) === typedPlain) ?? others.find((other) => names.includes(other));
}

/** Lower case, without separators and without what a sysctl's name begins with. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[-./\s]/g, '_')
    .replace(/^(net_)?(netfilter_|ipv4_)?(nf|ip)_conntrack_/, '')
    .replaceAll('_', '');
}
