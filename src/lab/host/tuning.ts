import { familiesIn, type LabFamily } from '../../model/input/address-family.ts';
import { EPHEMERAL_PORTS } from '../addresses.ts';
import type { HostRole } from './names.ts';
import { PORTS_SYSCTL } from './sysctls.ts';

type Settings = Record<string, string | number>;

const NO_IPV6 = { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 };

/**
 * Addresses are usable at once, as no other host can have them, and no router is asked for any. The backend answers on addresses
 * that are its own by a route only, which bind(2) refuses for IPv6 unless this permits it (AnyIP; inet6_bind in net/ipv6/af_inet6.c).
 */
const IPV6 = {
  ...bothConf('disable_ipv6', 0),
  ...bothConf('accept_dad', 0),
  ...bothConf('accept_ra', 0),
  ...bothConf('router_solicitations', 0),
  'net.ipv6.ip_nonlocal_bind': 1,
};

/** A setting of the interfaces that are there, and of those to come. */
function bothConf(name: string, value: number): Settings {
  return { [`net.ipv6.conf.all.${name}`]: value, [`net.ipv6.conf.default.${name}`]: value };
}

const FORWARDS = {
  ipv4: { 'net.ipv4.ip_forward': 1 },
  ipv6: { 'net.ipv6.conf.all.forwarding': 1 },
} as const;

/** Room for the sockets in TIME_WAIT of a few minutes of load: beyond its default the kernel destroys them early and logs. */
const TIME_WAIT_BUCKETS = { 'net.ipv4.tcp_max_tw_buckets': 1_048_576 };

const PORTS = { [PORTS_SYSCTL]: `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}` };

const LONG_QUEUES = { 'net.core.somaxconn': 65_535, 'net.ipv4.tcp_max_syn_backlog': 65_535 };

/** Kernel settings of the three hosts; `gatewayTimeouts` are full sysctl names. A namespace needs them before its links. */
export function tuning(
  gatewayTimeouts: Readonly<Record<string, number>>,
  family: LabFamily = 'ipv4',
): Record<HostRole, Settings> {
  const own = family === 'ipv4' ? NO_IPV6 : IPV6;
  const forwards = Object.assign({}, ...familiesIn(family).map((one) => FORWARDS[one]));
  return {
    client: { ...own, ...TIME_WAIT_BUCKETS, ...PORTS },
    gateway: { ...own, ...forwards, ...gatewayTimeouts },
    backend: { ...own, ...TIME_WAIT_BUCKETS, ...LONG_QUEUES },
  };
}

/** Kernel settings of a host that both accepts and opens connections. */
export function endpointTuning(): Settings {
  return { ...TIME_WAIT_BUCKETS, ...LONG_QUEUES, ...PORTS };
}
