import type { Service } from './addresses.ts';

const MASQUERADE_MARK = '0x4000'; // kube-proxy's default masqueradeBit 14

/**
 * What kube-proxy's nftables mode sets up for `services`, for `nft -f` (pkg/proxy/nftables/proxier.go): one verdict map from
 * address, protocol and port to the service's chain, instead of one rule a service.
 */
export function nftablesRules(services: readonly Service[]): string {
  const elements = services.map(
    ({ name, virtual }) => `${virtual.address} . tcp . ${virtual.port} : goto ${chain('service', name)}`,
  );
  return `table ip kube-proxy {
  chain mark-for-masquerade {
    meta mark set meta mark or ${MASQUERADE_MARK}
  }
  chain masquerading {
    meta mark and ${MASQUERADE_MARK} == 0 return
    meta mark set meta mark xor ${MASQUERADE_MARK}
    masquerade fully-random
  }
${services.map(serviceChains).join('\n')}
  map service-ips {
    type ipv4_addr . inet_proto . inet_service : verdict
    elements = { ${elements.join(', ')} }
  }
  chain services {
    ip daddr . meta l4proto . th dport vmap @service-ips
  }
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
  chain filter-forward {
    type filter hook forward priority filter - 1; policy accept;
    ct state invalid drop
  }
}`;
}

function serviceChains({ name, virtual, endpoint }: Service): string {
  return `  chain ${chain('endpoint', name)} {
    ip saddr ${endpoint.address} jump mark-for-masquerade
    meta l4proto tcp dnat to ${endpoint.address}:${endpoint.port}
  }
  chain ${chain('service', name)} {
    ip daddr ${virtual.address} tcp dport ${virtual.port} jump mark-for-masquerade
    goto ${chain('endpoint', name)}
  }`;
}

function chain(kind: string, name: string): string {
  return `${kind}-ctload/${name.replace(':', '/tcp/')}`;
}
