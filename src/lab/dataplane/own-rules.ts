import type { AddressFamily, LabFamily } from '../../model/input/address-family.ts';
import { DROPPED, type OwnRules } from '../../model/input/rules.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { AddressPlan } from '../addresses.ts';
import { ruleCommand } from './setup.ts';

/** Addresses that rules may be about. */
export type RuleAddresses = Pick<AddressPlan, 'front' | 'back' | 'services' | 'virtuals' | 'endpoints' | 'family'>;

/**
 * Loads rules of the user's own in the gateway, all of them or none.
 * @throws {CtloadError} exit 104 with the program's own words when it refuses them, 112 when it is missing.
 */
export async function installOwnRules(
  gateway: Host,
  rules: OwnRules,
  plans: readonly [RuleAddresses, ...RuleAddresses[]],
): Promise<void> {
  const [{ family }] = plans;
  const command =
    rules.tool === 'nft'
      ? ['nft', ...(await definesOf(gateway, plans)), '-f', '-']
      : [restoreOf(family), ...(rules.mode === 'add' ? ['--noflush'] : [])];
  try {
    await execute(command, { host: gateway, input: rules.text.trimEnd() });
  } catch (cause) {
    throw refusal(rules, family, cause);
  }
}

/** The program that reads rules of iptables. */
function restoreOf(family: AddressFamily): string {
  return ruleCommand('iptables', family)[0];
}

function refusal({ tool }: OwnRules, family: AddressFamily, cause: unknown): CtloadError {
  const key = tool === 'nft' ? 'gateway.rules.nftables' : 'gateway.rules.iptables';
  if (cause instanceof CommandError && cause.exit.code === 127) {
    return new CtloadError(`${key}: missing command ${tool === 'nft' ? 'nft' : restoreOf(family)}`, {
      hint: `install with: apt-get install ${tool === 'nft' ? 'nftables' : tool}`,
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
  const words = cause instanceof CommandError ? cause.exit.stderr : messageOf(cause);
  // The first complaint, its line and the mark below it: what follows mostly comes of it.
  const [said] = words
    .trim()
    .replaceAll('/dev/stdin:', 'line ')
    .split(/\n(?=line )/);
  return new CtloadError(`${key}: ${tool === 'nft' ? 'nft' : restoreOf(family)} refuses the rules: ${said}`, {
    hint: 'lines are those of the rule file; a rule that the kernel does not know needs its module (nft_limit, nft_connlimit, …)',
    exitCode: ExitCode.invalidScenario,
    cause,
  });
}

/** The variables of nftables rules; those of a second family have a 6 at the end. */
async function definesOf(gateway: Host, [plan, second]: readonly RuleAddresses[]): Promise<string[]> {
  if (plan === undefined) return [];
  const { front, back } = plan;
  const towards = async (address: string) =>
    / dev (\S+)/.exec(await execute(['ip', '-o', 'route', 'get', address], { host: gateway }))?.[1] ?? '';
  const [frontIf, backIf] = await Promise.all([towards(front.client), towards(back.backend)]);
  const values = {
    front_if: frontIf,
    back_if: backIf,
    ...addressesOf(plan, ''),
    ...(second === undefined ? {} : addressesOf(second, '6')),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
}

function addressesOf({ front, services, endpoints, virtuals }: RuleAddresses, suffix: string): Record<string, string> {
  const translated = services.some(({ virtual, endpoint }) => virtual.address !== endpoint.address);
  return {
    [`client${suffix}`]: front.client,
    [`services${suffix}`]: translated ? virtuals : endpoints,
    [`endpoints${suffix}`]: endpoints,
  };
}

/**
 * What the named counters of rules have counted, by their name: nftables' counter objects, and with iptables the rules whose
 * comment is the name, those for packets of the lab's family. Only of those that count packets which a rule drops.
 */
export async function readDropCounters(
  gateway: Host,
  { tool }: Pick<OwnRules, 'tool'>,
  family: LabFamily = 'ipv4',
): Promise<Record<string, number>> {
  const counted =
    tool === 'nft'
      ? nftCounters(await execute(['nft', '-j', 'list', 'counters'], { host: gateway }))
      : iptablesCounters(await execute([family === 'ipv6' ? 'ip6tables-save' : 'iptables-save', '-c'], { host: gateway }));
  const sums: Record<string, number> = {};
  for (const [name, packets] of counted) {
    if (name.toLowerCase().startsWith(DROPPED)) sums[name] = (sums[name] ?? 0) + packets;
  }
  return sums;
}

interface Listed {
  readonly nftables: readonly { readonly counter?: { readonly name: string; readonly packets: number } }[];
}

function nftCounters(json: string): [name: string, packets: number][] {
  return (JSON.parse(json) as Listed).nftables.flatMap(({ counter }) =>
    counter === undefined ? [] : [[counter.name, counter.packets] as [string, number]],
  );
}

/** `[17:1020] -A FORWARD … -m comment --comment "dropped syn" -j DROP` */
function iptablesCounters(saved: string): [name: string, packets: number][] {
  return [...saved.matchAll(/^\[(\d+):\d+\] -A .*--comment (?:"([^"]*)"|(\S+)).* -j DROP$/gm)].map(
    ([, packets, quoted, bare]) => [quoted ?? bare ?? '', Number(packets)],
  );
}
