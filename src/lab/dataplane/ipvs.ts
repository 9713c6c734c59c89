import { hostPort, isIpv6 } from '../../model/input/address-family.ts';
import { IPVS_DEFAULTS } from '../../model/input/tracking.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Service } from '../addresses.ts';
import { writeSysctls } from '../host/sysctls.ts';
import { FAMILY_WORDS } from './family-words.ts';
import { forwardRules } from './forward-rules.ts';
import { MASQUERADE_MARK } from './masquerade-mark.ts';
import { type DataplaneSetup, loadModules, type WantedRules } from './setup.ts';
import { nftMasquerade } from './snat-range.ts';

/** It depends on ip_vs. */
const SCHEDULER = 'ip_vs_rr';

/**
 * IPVS in NAT mode as kube-proxy sets it up (pkg/proxy/ipvs/proxier.go): the virtual addresses are the gateway's own, round robin,
 * one endpoint for each service, masquerade by mark. IPVS has no port ranges, so datagrams get to their service by a mark.
 */
export const ipvsSetup: DataplaneSetup = {
  tool: 'nft',
  modules: ['ip_vs', SCHEDULER, 'nf_nat', 'nft_chain_nat', 'nft_masq'],
  extra: { commands: ['ipvsadm'], modules: [SCHEDULER] },
  commands: () => ['ipvsadm'],
  kernel: async (host) => {
    await loadModules(host, [SCHEDULER]);
    if ((await execute(['sh', '-c', 'test -e /proc/net/ip_vs && echo yes; true'], { host })).includes('yes')) return 'ip_vs';
    throw unfit('gateway.dataplane ipvs: the kernel of the gateway has no ip_vs');
  },
  rules: ipvsRules,
  async prepare({ gateway }, { services, virtuals, ipvs = IPVS_DEFAULTS }) {
    await ipvsSetup.kernel?.(gateway);
    await writeSysctls(gateway, {
      'net.ipv4.vs.conntrack': ipvs.conntrack ? 1 : 0,
      'net.ipv4.vs.expire_nodest_conn': 1,
      'net.ipv4.vs.expire_quiescent_template': 1,
    });
    await execute(['ip', 'route', 'add', 'local', virtuals, 'dev', 'lo'], { host: gateway });
    await execute(['ipvsadm', '--restore'], { host: gateway, input: servicesOf(services) }).catch((cause: unknown) => {
      throw unfit(`the kernel refused the services of IPVS: ${messageOf(cause)}`, cause);
    });
  },
};

function unfit(message: string, cause?: unknown): CtloadError {
  const hint = `as root: modprobe ${SCHEDULER}, or use --driver vm, whose kernel has it`;
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit, cause });
}

/** Connections that IPVS on `host` has in its own list, beside conntrack's. */
export async function countIpvsConnections(host: Host): Promise<number> {
  const lines = Number(await execute(['sh', '-c', 'wc -l < /proc/net/ip_vs_conn'], { host }));
  return Math.max(0, lines - 1); // the first is the heading
}

/** As `ipvsadm --save` writes them. */
function servicesOf(services: readonly Service[]): string {
  return services
    .map((service, i) => {
      const { virtual, endpoint, udpUpTo } = service;
      const mark = `-f ${markOf(i)}${isIpv6(virtual.address) ? ' -6' : ''}`;
      const name = udpUpTo === undefined ? `-t ${hostPort(virtual)}` : mark;
      return `-A ${name} -s rr\n-a ${name} -r ${hostPort(endpoint)} -m -w 1`;
    })
    .join('\n');
}

/** The mark of the datagrams of a service, that of masquerade included: without that rule it has no effect. */
function markOf(index: number): number {
  return Number(MASQUERADE_MARK) + index + 1;
}

/** Conntrack is on in any case: it counts what it would track of packets that IPVS takes from it again. */
function ipvsRules(wanted: WantedRules): string {
  const { services, virtuals, endpoints, masquerade, snatPorts, ipvs = IPVS_DEFAULTS, family } = wanted;
  const ranges = new Map<string, string[]>();
  for (const [i, { virtual, udpUpTo }] of services.entries()) {
    if (udpUpTo === undefined) continue;
    const range = `${virtual.port}-${udpUpTo}`;
    ranges.set(range, [...(ranges.get(range) ?? []), `${virtual.address} : ${markOf(i)}`]);
  }
  const { ip } = FAMILY_WORDS[family];
  const marks = [...ranges].map(
    ([range, marked]) => `    udp dport ${range} meta mark set ${ip} daddr map { ${marked.join(', ')} }\n`,
  );
  return `${forwardRules({ family })}
table ${ip} ctload-ipvs {
${
  ipvs.notrack
    ? `  chain untracked {
    type filter hook prerouting priority raw; policy accept;
    ${ip} daddr ${virtuals} notrack
    ${ip} saddr ${endpoints} notrack
  }
`
    : ''
}  chain marks {
    type filter hook prerouting priority mangle; policy accept;
    ${ip} daddr ${virtuals} meta mark set ${MASQUERADE_MARK}
${marks.join('')}  }
${
  masquerade === 'outside'
    ? `  chain masquerading {
    type nat hook postrouting priority srcnat; policy accept;
${nftMasquerade(snatPorts, `meta mark and ${MASQUERADE_MARK} == ${MASQUERADE_MARK} `)}
  }
`
    : ''
}}`;
}
