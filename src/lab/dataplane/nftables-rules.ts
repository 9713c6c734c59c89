import { type AddressFamily, familyOf, hostPort } from '../../model/input/address-family.ts';
import type { Service } from '../addresses.ts';
import { FAMILY_WORDS } from './family-words.ts';
import { MASQUERADE_MARK } from './masquerade-mark.ts';
import type { WantedRules } from './setup.ts';
import { nftMasquerade } from './snat-range.ts';

/**
 * The rules of kube-proxy's nftables mode for `services`, as input of `nft -f` (pkg/proxy/nftables/proxier.go): one verdict map from
 * address, protocol and port to the service's chain, instead of one rule per service. As there, nothing drops INVALID packets, which
 * are forwarded as they came (kubernetes/kubernetes#122663); iptables mode drops them.
 */
export function nftablesRules({
  services,
  masquerade,
  family,
  snatPorts,
}: Pick<WantedRules, 'services' | 'masquerade' | 'family' | 'snatPorts'>): string {
  const { ip, type } = FAMILY_WORDS[family];
  const elements = services
    .filter(({ udpUpTo }) => udpUpTo === undefined)
    .map(({ name, virtual }) => `${virtual.address} . tcp . ${virtual.port} : goto ${chain('service', name, 'tcp')}`);
  const ranges = udpRanges(services, family);
  return `table ${ip} kube-proxy {
  chain mark-for-masquerade {
    meta mark set meta mark or ${MASQUERADE_MARK}
  }
  chain masquerading {
    meta mark and ${MASQUERADE_MARK} == 0 return
    meta mark set meta mark xor ${MASQUERADE_MARK}
${nftMasquerade(snatPorts)}
  }
${services.map((service) => serviceChains(service, masquerade)).join('\n')}
${ranges.map(({ map }) => map).join('')}  map service-ips {
    type ${type} . inet_proto . inet_service : verdict
    elements = { ${elements.join(', ')} }
  }
  chain services {
    ${ip} daddr . meta l4proto . th dport vmap @service-ips
${ranges.map(({ rule }) => rule).join('')}  }
  chain nat-prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump services
  }
  chain nat-output {
    type nat hook output priority -100; policy accept;
    jump services
  }
  chain nat-postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    jump masquerading
  }
}`;
}

/** Services at all ports of a range: a map by address for each range, because a map of ranges would be searched, not hashed. */
function udpRanges(services: readonly Service[], family: AddressFamily): { readonly map: string; readonly rule: string }[] {
  const { ip, type } = FAMILY_WORDS[family];
  const byRange = new Map<string, Service[]>();
  for (const service of services) {
    if (service.udpUpTo === undefined) continue;
    const range = portsOf(service);
    byRange.set(range, [...(byRange.get(range) ?? []), service]);
  }
  return [...byRange].map(([range, some]) => ({
    map: `  map udp-${range} {
    type ${type} : verdict
    elements = { ${some.map(({ name, virtual }) => `${virtual.address} : goto ${chain('service', name, 'udp')}`).join(', ')} }
  }
`,
    rule: `    udp dport ${range} ${ip} daddr vmap @udp-${range}
`,
  }));
}

/** The chains of the services' endpoints anew, in one transaction. */
export function nftablesRedirect(services: readonly Service[], family: AddressFamily): string {
  const { ip } = FAMILY_WORDS[family];
  const flushed = services.map(
    (service) => `flush chain ${ip} kube-proxy ${chain('endpoint', service.name, protocolOf(service))}`,
  );
  return `${flushed.join('\n')}
table ${ip} kube-proxy {
${services.map(endpointChain).join('\n')}
}`;
}

function endpointChain(service: Service): string {
  const { name, endpoint } = service;
  const protocol = protocolOf(service);
  return `  chain ${chain('endpoint', name, protocol)} {
    ${FAMILY_WORDS[familyOf(endpoint.address)].ip} saddr ${endpoint.address} jump mark-for-masquerade
    meta l4proto ${protocol} dnat to ${hostPort(endpoint)}
  }`;
}

/** The port of a service, or its range. */
function portsOf({ virtual: { port }, udpUpTo = port }: Service): string {
  return udpUpTo === port ? `${port}` : `${port}-${udpUpTo}`;
}

function protocolOf({ udpUpTo }: Service): 'tcp' | 'udp' {
  return udpUpTo === undefined ? 'tcp' : 'udp';
}

function serviceChains(service: Service, masquerade: WantedRules['masquerade']): string {
  const { name, virtual, other } = service;
  const protocol = protocolOf(service);
  const ports = portsOf(service);
  const otherName = `${name}-2`;
  const endpoints = [service, ...(other === undefined ? [] : [{ ...service, name: otherName, endpoint: other }])];
  const first = `goto ${chain('endpoint', name, protocol)}`;
  const chosen =
    other === undefined ? first : `numgen random mod 2 vmap { 0 : ${first}, 1 : goto ${chain('endpoint', otherName, protocol)} }`;
  return `${endpoints.map(endpointChain).join('\n')}
  chain ${chain('service', name, protocol)} {
${masquerade === 'never' ? '' : `    ${FAMILY_WORDS[familyOf(virtual.address)].ip} daddr ${virtual.address} ${protocol} dport ${ports} jump mark-for-masquerade\n`}    ${chosen}
  }`;
}

function chain(kind: string, name: string, protocol: string): string {
  return `${kind}-ctload/${name.replace(':', `/${protocol}/`)}`;
}
