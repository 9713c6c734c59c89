import { familyOf, hostPort } from '../../model/input/address-family.ts';
import type { Service } from '../addresses.ts';
import { FAMILY_WORDS } from './family-words.ts';
import { MASQUERADE_MARK } from './masquerade-mark.ts';
import type { WantedRules } from './setup.ts';
import { iptablesMasquerade } from './snat-range.ts';

/**
 * The rules of kube-proxy's iptables mode for `services`, as input of iptables-restore (pkg/proxy/iptables/proxier.go, syncProxyRules).
 * Clients are outside the cluster, so every connection is masqueraded; with `never` they are pods, whose address stays.
 * `--random-fully` is kube-proxy's own choice
 * (iptables ≥ 1.6.2): the gateway picks a random source port of 64,512 per endpoint and tries up to 128, so with 64
 * endpoints 300,000 flows leave 93 % of the ports free.
 */
export function iptablesRules({
  services,
  masquerade,
  snatPorts,
}: Pick<WantedRules, 'services' | 'masquerade' | 'snatPorts'>): string {
  const chains = services.map((service, i) => ({ service, svc: `KUBE-SVC-${chainId(i)}`, sep: `KUBE-SEP-${chainId(i)}` }));
  return [
    '*filter',
    ':KUBE-FORWARD - [0:0]',
    '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    `-A KUBE-FORWARD -m mark --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j ACCEPT`,
    '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'COMMIT',
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${MASQUERADE_MARK}`,
    `-A KUBE-POSTROUTING -m mark ! --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j RETURN`,
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${MASQUERADE_MARK}`,
    ...iptablesMasquerade(snatPorts).map(
      (target) => `-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" ${target}`,
    ),
    'COMMIT',
    ...batches(chains).flatMap((batch) => [
      '*nat',
      ...batch.flatMap(({ service, svc, sep }) =>
        [svc, sep, ...(service.other ? [otherOf(sep)] : [])].map((name) => `:${name} - [0:0]`),
      ),
      ...batch.flatMap(({ service, svc, sep }) => serviceRules(service, svc, sep, masquerade)),
      'COMMIT',
    ]),
  ].join('\n');
}

/** The chains of the services' endpoints anew: `--noflush` empties a chain that is named again. */
export function iptablesRedirect(services: readonly Service[]): string {
  const chains = services.map((service, i) => ({ service, sep: `KUBE-SEP-${chainId(i)}` }));
  return batches(chains)
    .flatMap((batch) => [
      '*nat',
      ...batch.map(({ sep }) => `:${sep} - [0:0]`),
      ...batch.flatMap(({ service, sep }) => endpointRules(service, sep)),
      'COMMIT',
    ])
    .join('\n');
}

function endpointRules({ name, endpoint, udpUpTo }: Service, sep: string): string[] {
  const protocol = udpUpTo === undefined ? 'tcp' : 'udp';
  return [
    `-A ${sep} -s ${alone(endpoint.address)} -m comment --comment "ctload/${name}" -j KUBE-MARK-MASQ`,
    `-A ${sep} -p ${protocol} -m comment --comment "ctload/${name}" -m ${protocol} -j DNAT --to-destination ${hostPort(endpoint)}`,
  ];
}

/** Every COMMIT is one netlink message, which without privileges must fit net.core.wmem_max (212,992 bytes). */
function batches<T>(items: readonly T[]): T[][] {
  const size = 32;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function serviceRules(service: Service, svc: string, sep: string, masquerade: WantedRules['masquerade']): string[] {
  const { name, virtual, endpoint, other, udpUpTo } = service;
  const protocol = udpUpTo === undefined ? 'tcp' : 'udp';
  const ports = udpUpTo === undefined ? virtual.port : `${virtual.port}:${udpUpTo}`;
  const to = `-d ${alone(virtual.address)} -p ${protocol} -m ${protocol} --dport ${ports}`;
  return [
    `-A KUBE-SERVICES ${to} -m comment --comment "ctload/${name} cluster IP" -j ${svc}`,
    ...(masquerade === 'never' ? [] : [`-A ${svc} ${to} -m comment --comment "ctload/${name} cluster IP" -j KUBE-MARK-MASQ`]),
    ...(other === undefined
      ? []
      : [
          `-A ${svc} -m comment --comment "ctload/${name} -> ${hostPort(other)}" -m statistic --mode random --probability 0.50000000000 -j ${otherOf(sep)}`,
          ...endpointRules({ ...service, endpoint: other }, otherOf(sep)),
        ]),
    `-A ${svc} -m comment --comment "ctload/${name} -> ${hostPort(endpoint)}" -j ${sep}`,
    ...endpointRules(service, sep),
  ];
}

/** As the network of one address. */
function alone(address: string): string {
  return `${address}/${FAMILY_WORDS[familyOf(address)].one}`;
}

/** 16 characters like kube-proxy's hashes: chain names are 28 at most. */
function chainId(index: number): string {
  return `CTLOAD${String(index).padStart(10, '0')}`;
}

/** The chain of the second endpoint of a service, by that of the first. */
function otherOf(sep: string): string {
  return sep.replace('CTLOAD0', 'CTLOAD1');
}
