import { type AddressFamily, familiesIn, type LabFamily } from '../../model/input/address-family.ts';
import { DATAPLANES, type Dataplane, type DataplaneTraits, type LabDriver } from '../../model/input/dataplanes.ts';
import { type ProxyProgram, proxyProgramOf } from '../../model/input/proxy.ts';
import type { GatewaySpec } from '../../model/input/scenario.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { findTool, requireTools } from '../../platform/tools.ts';
import { type AddressPlan, addressPlan, type Service } from '../addresses.ts';
import type { Hosts } from '../lab.ts';
import { DATAPLANE_SETUPS } from './dataplanes.ts';
import { installOwnRules, type RuleAddresses } from './own-rules.ts';
import { checkedProgram, requireProgram } from './programs/programs.ts';
import { proxyRoutes } from './proxy.ts';
import { ruleCommand } from './setup.ts';

type Gateway = Pick<GatewaySpec, 'dataplane' | 'ipvs' | 'tunnel' | 'masquerade' | 'snatPorts' | 'rules' | 'proxy'>;

const COMMAND_NOT_FOUND = 127;

/** The addresses of a lab in its own namespaces with this gateway, a plan for each family. */
export function plansFor({ dataplane }: Gateway, family?: LabFamily): Plans {
  const [first, ...others] = familiesIn(family).map((one) => addressPlan(0, DATAPLANES[dataplane].forwarding === 'routed', one));
  return [first ?? addressPlan(), ...others];
}

/** @throws {CtloadError} exit 112 when labs of this driver cannot have the dataplane, or a command or the program that is its proxy is missing. */
export function requireDataplane(gateway: Gateway, driver: LabDriver): void {
  const { dataplane, masquerade, proxy } = gateway;
  const { drivers, forwarding }: DataplaneTraits = DATAPLANES[dataplane];
  const refuse = (what: string, hint: string): never => {
    throw new CtloadError(`${what}: not available with the ${driver} driver yet`, { hint, exitCode: ExitCode.hostUnfit });
  };
  if (!drivers.includes(driver)) {
    refuse(`gateway.dataplane ${dataplane}`, `use --driver ${drivers.join(' or ')}, or another dataplane`);
  }
  requireTools(DATAPLANE_SETUPS[dataplane].commands?.(gateway) ?? []);
  const program = proxyProgramOf(proxy);
  if (program !== undefined) {
    // Containers have nothing but ctload's own programs in them.
    if (driver === 'docker') {
      refuse(`gateway.proxy.implementation ${program}`, 'use --driver netns or vm, or implementation: built-in');
    }
    requireProgram(program);
  }
  // Docker's networks drop packets with addresses of another network.
  if (driver === 'docker' && forwarding === 'translated' && masquerade === 'never') {
    refuse(`gateway.masquerade ${masquerade}`, 'use --driver netns, or --set gateway.masquerade=outside');
  }
}

/** A plan for each family of a lab, one at least. */
type Plans<Plan = AddressPlan> = readonly [Plan, ...Plan[]];

/** What the gateway has to forward. */
type Forwarded = RuleAddresses & Pick<AddressPlan, 'udpServices' | 'targets'>;

/**
 * Makes the gateway forward connections and, with `udp`, datagrams, and loads the rules of the user's own. Returns the program that
 * is to be its proxy; undefined where it needs none besides ctload's.
 * @throws {CtloadError} exit 112 when the command or the kernel's support for it is missing; as installOwnRules and checkedProgram.
 */
export async function installDataplane(
  hosts: Hosts,
  gateway: Gateway,
  plans: Plans<Forwarded>,
  udp = false,
): Promise<ProxyProgram | undefined> {
  const { rules, proxy } = gateway;
  await DATAPLANE_SETUPS[gateway.dataplane].link?.(hosts, gateway, plans);
  for (const plan of plans) await forward(hosts, gateway, plan, udp);
  if (rules !== undefined) await installOwnRules(hosts.gateway, rules, plans);
  const [{ front, back }] = plans;
  const routes = plans.flatMap(proxyRoutes);
  return checkedProgram(hosts.gateway, proxy, { routes, client: front.client, gateway: back.gateway });
}

async function forward(hosts: Hosts, gateway: Gateway, plan: Forwarded, udp: boolean): Promise<void> {
  const { dataplane, rules } = gateway;
  const setup = DATAPLANE_SETUPS[dataplane];
  const services = forwardedServices(plan, udp);
  const wanted = { ...plan, ...gateway, services };
  await setup.prepare?.(hosts, wanted);
  if (rules?.mode === 'replace') return;
  await execute(ruleCommand(setup.tool, plan.family), { host: hosts.gateway, input: setup.rules(wanted) }).catch(
    (cause: unknown) => {
      throw unfit(dataplane, plan.family, cause);
    },
  );
}

/**
 * The services that the gateway has rules for. A new flow is compared with them one by one. UDP first: the rules are most of the cost
 * of its many flows.
 */
export function forwardedServices(
  { services, udpServices }: Pick<AddressPlan, 'services' | 'udpServices'>,
  udp: boolean,
): readonly Service[] {
  return udp ? [...udpServices, ...services] : services;
}

function unfit(dataplane: Dataplane, family: AddressFamily, cause: unknown): CtloadError {
  const { tool, modules } = DATAPLANE_SETUPS[dataplane];
  const other: Dataplane = tool === 'iptables' ? 'nftables' : 'iptables';
  const instead = `--set gateway.dataplane=${other}`;
  if (cause instanceof CommandError && cause.exit.code === COMMAND_NOT_FOUND) {
    const installed = findTool(DATAPLANE_SETUPS[other].tool) === undefined ? '' : `use ${instead}, or `;
    return new CtloadError(`gateway.dataplane ${dataplane}: missing command ${ruleCommand(tool, family)[0]}`, {
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
