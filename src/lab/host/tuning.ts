import { EPHEMERAL_PORTS } from '../addresses.ts';
import type { HostRole } from './names.ts';
import { PORTS_SYSCTL } from './sysctls.ts';

type Settings = Record<string, string | number>;

/** Neighbour discovery would add icmpv6 entries to the gateway's table. */
const NO_IPV6 = { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 };

/** Room for the sockets in TIME_WAIT of a few minutes of load: beyond its default the kernel destroys them early and logs. */
const TIME_WAIT_BUCKETS = { 'net.ipv4.tcp_max_tw_buckets': 1_048_576 };

const PORTS = { [PORTS_SYSCTL]: `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}` };

const LONG_QUEUES = { 'net.core.somaxconn': 65_535, 'net.ipv4.tcp_max_syn_backlog': 65_535 };

/** Kernel settings of the three hosts; `gatewayTimeouts` are full sysctl names. A namespace needs them before its links. */
export function tuning(gatewayTimeouts: Readonly<Record<string, number>>): Record<HostRole, Settings> {
  return {
    client: { ...NO_IPV6, ...TIME_WAIT_BUCKETS, ...PORTS },
    gateway: { ...NO_IPV6, 'net.ipv4.ip_forward': 1, ...gatewayTimeouts },
    backend: { ...NO_IPV6, ...TIME_WAIT_BUCKETS, ...LONG_QUEUES },
  };
}

/** Kernel settings of a host that both accepts and opens connections. */
export function endpointTuning(): Settings {
  return { ...TIME_WAIT_BUCKETS, ...LONG_QUEUES, ...PORTS };
}
