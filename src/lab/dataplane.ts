import type { Dataplane } from '../model/scenario.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { type Host, run } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { findTool } from '../platform/tools.ts';
import { ALL_SERVICES, HALF_OPEN_ENDPOINT_PORT, STALE_ENDPOINT_PORT, STALE_SERVICE_PORT } from './addresses.ts';
import { iptablesRules } from './iptables-rules.ts';
import { nftablesRules } from './nftables-rules.ts';
import type { Site } from './wiring.ts';

const OTHER_DATAPLANE = 'or choose the other rules with --set gateway.dataplane=';

/** @throws {CtloadError} exit 112 when the command or the kernel's support for it is missing. */
export async function installDataplane(gateway: Host, dataplane: Dataplane): Promise<void> {
  switch (dataplane) {
    case 'iptables':
      if (findTool('iptables-restore') === undefined) {
        throw new CtloadError('gateway.dataplane iptables: missing command iptables-restore', {
          hint: `install with: apt-get install iptables, ${OTHER_DATAPLANE}nftables`,
          exitCode: ExitCode.hostUnfit,
        });
      }
      return install(gateway, ['iptables-restore', '--noflush'], iptablesRules(ALL_SERVICES), 'nftables');
    case 'nftables':
      return install(gateway, ['nft', '-f', '-'], nftablesRules(ALL_SERVICES), 'iptables');
  }
}

async function install(gateway: Host, command: readonly string[], rules: string, other: Dataplane): Promise<void> {
  try {
    await run(command, { host: gateway, input: rules });
  } catch (cause) {
    throw new CtloadError(`the gateway's rules were refused: ${messageOf(cause)}`, {
      hint: `load the kernel modules they need (nf_nat, nft_chain_nat, xt_MASQUERADE, nft_masq), ${OTHER_DATAPLANE}${other}`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}

/**
 * Client and backend swallow their own FIN and RST of stale connections, so that the gateway never learns of their end.
 * The backend swallows the SYNs of half-open floods, after the kernel has counted them (IpInReceives, not IpInDelivers):
 * how many the gateway let through is known to the packet.
 * No rule here uses `ct`: that would switch conntrack on in these namespaces.
 */
export async function muteEnds(site: Site): Promise<void> {
  const rules = (match: string, more = '') => `table ip ctload {
  chain output {
    type filter hook output priority filter; policy accept;
    ${match} tcp flags & (fin | rst) != 0 drop
  }
${more}}`;
  const swallow = `  chain input {
    type filter hook input priority filter; policy accept;
    tcp dport ${HALF_OPEN_ENDPOINT_PORT} drop
  }
`;
  await Promise.all([
    run(['nft', '-f', '-'], { host: site.client, input: rules(`tcp dport ${STALE_SERVICE_PORT}`) }),
    run(['nft', '-f', '-'], { host: site.backend, input: rules(`tcp sport ${STALE_ENDPOINT_PORT}`, swallow) }),
  ]);
}
