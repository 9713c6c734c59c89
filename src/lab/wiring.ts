import { execute } from '../platform/exec.ts';
import { EPHEMERAL_PORTS, PRIVATE_PLAN } from './addresses.ts';
import { PORTS_SYSCTL, writeSysctls } from './host/sysctls.ts';
import type { Hosts } from './lab.ts';

/** Namespaces of the lab by role: the name for iproute2, the Host to run things on. */
export interface Site extends Hosts {
  readonly names: { readonly client: string; readonly gateway: string; readonly backend: string };
}

/** Neighbour discovery would put icmpv6 entries into the gateway's table. */
const NO_IPV6 = { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 };

/** Sockets in TIME_WAIT of a few minutes of load; beyond the kernel's default it destroys them early and logs. */
const TIME_WAIT_BUCKETS = { 'net.ipv4.tcp_max_tw_buckets': 1_048_576 };

const PORTS = `${EPHEMERAL_PORTS.first} ${EPHEMERAL_PORTS.last}`;

const LONG_QUEUES = { 'net.core.somaxconn': 65_535, 'net.ipv4.tcp_max_syn_backlog': 65_535 };

/** Kernel settings of the three hosts; `gatewayTimeouts` are full sysctl names. Those of a namespace must precede its links. */
export function tuning(gatewayTimeouts: Readonly<Record<string, number>>): Record<keyof Hosts, Record<string, string | number>> {
  return {
    client: { ...NO_IPV6, ...TIME_WAIT_BUCKETS, [PORTS_SYSCTL]: PORTS },
    gateway: { ...NO_IPV6, 'net.ipv4.ip_forward': 1, ...gatewayTimeouts },
    backend: { ...NO_IPV6, ...TIME_WAIT_BUCKETS, ...LONG_QUEUES },
  };
}

/** Settings of a host that both accepts and opens connections. */
export function endpointTuning(): Record<string, string | number> {
  return { ...TIME_WAIT_BUCKETS, ...LONG_QUEUES, [PORTS_SYSCTL]: PORTS };
}

export async function tune(site: Site, gatewayTimeouts: Readonly<Record<string, number>>): Promise<void> {
  const { client, gateway, backend } = tuning(gatewayTimeouts);
  await Promise.all([
    writeSysctls(site.client, client),
    writeSysctls(site.gateway, gateway),
    writeSysctls(site.backend, backend),
  ]);
}

const { front: FRONT, back: BACK, endpoints: ENDPOINTS } = PRIVATE_PLAN;
const PREFIX = 24; // virtual and endpoint addresses lie outside it, behind routes

/** Joins the three by veth pairs made inside the gateway, so that none ever shows on the machine, and routes them. */
export async function connect(site: Site): Promise<void> {
  const { names } = site;
  await batch(names.gateway, [
    `link add front type veth peer name front netns ${names.client}`,
    `link add back type veth peer name back netns ${names.backend}`,
    `address add ${FRONT.gateway}/${PREFIX} dev front`,
    `address add ${BACK.gateway}/${PREFIX} dev back`,
    'link set lo up',
    'link set front up',
    'link set back up',
    `route add ${ENDPOINTS} via ${BACK.backend}`,
  ]);
  await Promise.all([
    batch(names.client, [
      `address add ${FRONT.client}/${PREFIX} dev front`,
      'link set lo up',
      'link set front up',
      `route add default via ${FRONT.gateway}`,
    ]),
    batch(names.backend, [
      `address add ${BACK.backend}/${PREFIX} dev back`,
      'link set lo up',
      'link set back up',
      `route add local ${ENDPOINTS} dev lo`, // AnyIP: every endpoint address is this host's
      `route add default via ${BACK.gateway}`,
    ]),
  ]);
}

async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await execute(['ip', '-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
}
