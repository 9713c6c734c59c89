import { DATAPLANES, type Dataplane, type DataplaneTraits, type LabDriver } from '../../model/input/dataplanes.ts';
import type { GatewaySpec } from '../../model/input/scenario.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { findTool } from '../../platform/tools.ts';
import type { AddressPlan } from '../addresses.ts';
import type { Hosts } from '../lab.ts';
import { DATAPLANE_SETUPS } from './dataplanes.ts';
import { RULE_COMMANDS } from './setup.ts';

type Gateway = Pick<GatewaySpec, 'dataplane' | 'masquerade'>;

const COMMAND_NOT_FOUND = 127;

/** @throws {CtloadError} exit 112 when labs of this driver cannot have the dataplane. */
export function requireDataplane({ dataplane, masquerade }: Gateway, driver: LabDriver): void {
  const { drivers, forwarding }: DataplaneTraits = DATAPLANES[dataplane];
  const refuse = (what: string, hint: string): never => {
    throw new CtloadError(`${what}: not available with the ${driver} driver yet`, { hint, exitCode: ExitCode.hostUnfit });
  };
  if (!drivers.includes(driver)) {
    refuse(`gateway.dataplane ${dataplane}`, `use --driver ${drivers.join(' or ')}, or another dataplane`);
  }
  // Docker's networks drop packets with addresses of another network.
  if (driver === 'docker' && forwarding === 'translated' && masquerade === 'never') {
    refuse(`gateway.masquerade ${masquerade}`, 'use --driver netns, or --set gateway.masquerade=outside');
  }
}

/**
 * Makes the gateway forward connections and, with `udp`, datagrams.
 * @throws {CtloadError} exit 112 when the command or the kernel's support for it is missing.
 */
export async function installDataplane(
  hosts: Hosts,
  { dataplane, masquerade }: Gateway,
  plan: Pick<AddressPlan, 'services' | 'udpServices' | 'virtuals' | 'endpoints'>,
  udp = false,
): Promise<void> {
  const setup = DATAPLANE_SETUPS[dataplane];
  // A new flow is compared with the rules one by one. UDP first: the rules are most of the cost of its many flows.
  const services = udp ? [...plan.udpServices, ...plan.services] : plan.services;
  await setup.prepare?.(hosts, plan);
  try {
    await execute(RULE_COMMANDS[setup.tool], {
      host: hosts.gateway,
      input: setup.rules({ services, endpoints: plan.endpoints, masquerade }),
    });
  } catch (cause) {
    throw unfit(dataplane, cause);
  }
}

function unfit(dataplane: Dataplane, cause: unknown): CtloadError {
  const { tool, modules } = DATAPLANE_SETUPS[dataplane];
  const other: Dataplane = tool === 'iptables' ? 'nftables' : 'iptables';
  const instead = `--set gateway.dataplane=${other}`;
  if (cause instanceof CommandError && cause.exit.code === COMMAND_NOT_FOUND) {
    const installed = findTool(DATAPLANE_SETUPS[other].tool) === undefined ? '' : `use ${instead}, or `;
    return new CtloadError(`gateway.dataplane ${dataplane}: missing command ${RULE_COMMANDS[tool][0]}`, {
      hint: `${installed}install with: apt-get install ${tool === 'nft' ? 'nftables' : tool}`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
  return new CtloadError(`the kernel refused the gateway's rules: ${messageOf(cause)}`, {
    hint: `load the kernel modules they need (${modules.join(', ')}), or use the other rules with ${instead}`,
    exitCode: ExitCode.hostUnfit,
    cause,
  });
}
