import { type Host, run } from '../platform/exec.ts';
import { BACK, ENDPOINTS, EPHEMERAL_PORTS, FRONT } from './addresses.ts';
import { writeSysctls } from './sysctls.ts';

/** Namespaces of the lab by role: the name for iproute2, the Host to run things on. */
export interface Site {
  readonly names: { readonly client: string; readonly gateway: string; readonly backend: string };
  readonly client: Host;
  readonly gateway: Host;
  readonly backend: Host;
}

/** Neighbour discovery would put icmpv6 entries into the gateway's table. */
const NO_IPV6 = { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 };

/** Sockets in TIME_WAIT of a few minutes of load; beyond the kernel's default it destroys them early and logs. */
const TIME_WAIT_BUCKETS = { 'net.ipv4.tcp_max_tw_buckets': 1_048_576 };

const LONG_QUEUES = { 'net.core.somaxconn': 65_535, 'net.ipv4.tcp_max_syn_backlog': 65_535 };

/** Sets the kernel up on all three hosts; `gatewayTimeouts` are full sysctl names. Must precede the links. */
export async function tune(site: Site, gatewayTimeouts: Readonly<Record<string, number>>): Promise<void> {
  await Promise.all([
    writeSysctls(site.client, {
      ...NO_IPV6,
      ...TIME_WAIT_BUCKETS,
      'net.ipv4.ip_local_port_range': `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}`,
    }),
    writeSysctls(site.gateway, { ...NO_IPV6, 'net.ipv4.ip_forward': 1, ...gatewayTimeouts }),
    writeSysctls(site.backend, { ...NO_IPV6, ...TIME_WAIT_BUCKETS, ...LONG_QUEUES }),
  ]);
}

/** Joins the three by veth pairs made inside the gateway, so that none ever shows on the machine, and routes them. */
export async function connect(site: Site): Promise<void> {
  const { names } = site;
  await batch(names.gateway, [
    `link add front type veth peer name front netns ${names.client}`,
    `link add back type veth peer name back netns ${names.backend}`,
    `address add ${FRONT.gateway}/${FRONT.prefix} dev front`,
    `address add ${BACK.gateway}/${BACK.prefix} dev back`,
    'link set lo up',
    'link set front up',
    'link set back up',
    `route add ${ENDPOINTS} via ${BACK.backend}`,
  ]);
  await Promise.all([
    batch(names.client, [
      `address add ${FRONT.client}/${FRONT.prefix} dev front`,
      'link set lo up',
      'link set front up',
      `route add default via ${FRONT.gateway}`,
    ]),
    batch(names.backend, [
      `address add ${BACK.backend}/${BACK.prefix} dev back`,
      'link set lo up',
      'link set back up',
      `route add local ${ENDPOINTS} dev lo`, // AnyIP: every endpoint address is this host's
      `route add default via ${BACK.gateway}`,
    ]),
  ]);
}

async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await run(['ip', '-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
}
