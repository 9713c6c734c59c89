import type { Dataplane } from '../../model/input/scenario.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import {
  type AddressPlan,
  HALF_OPEN_ENDPOINT_PORT,
  STALE_ENDPOINT_PORT,
  STALE_SERVICE_PORT,
  UNANSWERED_ENDPOINT_PORT,
} from '../addresses.ts';
import type { Hosts } from '../lab.ts';
import { iptablesRules } from './iptables-rules.ts';
import { nftablesRules } from './nftables-rules.ts';
import { installProxy } from './proxy.ts';

/** Dataplanes that are a set of rules. */
export type RuleDataplane = Exclude<Dataplane, 'proxy'>;

const COMMAND_NOT_FOUND = 127;
const OTHER_DATAPLANE = 'or use the other rules with --set gateway.dataplane=';

/** @throws {CtloadError} exit 112 when the command or the kernel's support for it is missing. */
export async function installDataplane(
  gateway: Host,
  dataplane: Dataplane,
  plan: Pick<AddressPlan, 'services' | 'udpServices' | 'virtuals'>,
  udp = false,
): Promise<void> {
  // A new flow is compared with the rules one by one. UDP first: the rules are most of the cost of its many flows.
  const services = udp ? [...plan.udpServices, ...plan.services] : plan.services;
  switch (dataplane) {
    case 'iptables':
      return install(gateway, dataplane, ['iptables-restore', '--noflush'], iptablesRules(services));
    case 'nftables':
      return install(gateway, dataplane, ['nft', '-f', '-'], nftablesRules(services));
    case 'proxy':
      return installProxy(gateway, plan);
  }
}

async function install(gateway: Host, dataplane: RuleDataplane, command: readonly string[], rules: string): Promise<void> {
  const other: RuleDataplane = dataplane === 'iptables' ? 'nftables' : 'iptables';
  try {
    await execute(command, { host: gateway, input: rules });
  } catch (cause) {
    if (cause instanceof CommandError && cause.exit.code === COMMAND_NOT_FOUND) {
      throw new CtloadError(`gateway.dataplane ${dataplane}: missing command ${command[0]}`, {
        hint: `install with: apt-get install ${dataplane}, ${OTHER_DATAPLANE}${other}`,
        exitCode: ExitCode.hostUnfit,
      });
    }
    throw new CtloadError(`the kernel refused the gateway's rules: ${messageOf(cause)}`, {
      hint: `load the kernel modules they need (nf_nat, nft_chain_nat, xt_MASQUERADE, nft_masq), ${OTHER_DATAPLANE}${other}`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}

/**
 * Client and backend drop their own FIN and RST of stale connections, so that the gateway never sees them close.
 * The backend drops the SYNs of half-open floods after the kernel has counted them (IpInReceives, not IpInDelivers), so that the
 * number that the gateway forwarded is known exactly. It sends no ICMP errors for datagrams to closed ports: they would count as
 * replies, and reach the client.
 * No rule here uses `ct`, which would turn conntrack on in these namespaces. `more` rules are added with these, on both ends.
 */
export async function suppressTeardown(site: Pick<Hosts, 'client' | 'backend'>, more = ''): Promise<void> {
  const rules = (match: string, output = '', input = '') => `${more}table ip ctload {
  chain output {
    type filter hook output priority filter; policy accept;
    ${match} tcp flags & (fin | rst) != 0 drop
${output}  }
${input}}`;
  const swallow = `  chain input {
    type filter hook input priority filter; policy accept;
    tcp dport ${HALF_OPEN_ENDPOINT_PORT} drop
  }
`;
  // The UDP header of the datagram that an ICMP error quotes starts 28 bytes into it, its destination port 2 bytes later.
  const silence = `    icmp type destination-unreachable @th,${8 * (28 + 2)},16 ${UNANSWERED_ENDPOINT_PORT} drop
`;
  await Promise.all([
    execute(['nft', '-f', '-'], { host: site.client, input: rules(`tcp dport ${STALE_SERVICE_PORT}`) }),
    execute(['nft', '-f', '-'], { host: site.backend, input: rules(`tcp sport ${STALE_ENDPOINT_PORT}`, silence, swallow) }),
  ]);
}
