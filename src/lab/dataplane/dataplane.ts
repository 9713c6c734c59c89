import type { Dataplane } from '../../model/input/scenario.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { AddressPlan } from '../addresses.ts';
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
        hint:
          dataplane === 'iptables'
            ? `nft is installed: use --set gateway.dataplane=${other}; or install with: apt-get install iptables`
            : `install with: apt-get install ${dataplane}, ${OTHER_DATAPLANE}${other}`,
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
