import type { AddressFamily } from '../../model/input/address-family.ts';
import type { Masquerade } from '../../model/input/dataplanes.ts';
import type { Forwarding, IpvsSpec } from '../../model/input/tracking.ts';
import { execute, type Host } from '../../platform/exec.ts';
import type { AddressPlan, Service } from '../addresses.ts';
import type { Hosts } from '../lab.ts';

/** How a dataplane is set up in a lab, one object each; facts about it that need no lab are in model/input/dataplanes.ts. */
export interface DataplaneSetup {
  /** The program whose rules the gateway gets. */
  readonly tool: 'iptables' | 'nft';
  /** Kernel modules that the rules need. */
  readonly modules: readonly string[];
  /** What it may need besides, where not every gateway does; nothing when absent. */
  readonly extra?: {
    readonly commands: readonly string[];
    /** Modules, to be loaded first; those they depend on follow from that. */
    readonly modules: readonly string[];
  };
  /** Of the extra commands, those that these settings need. */
  commands?(forwarding: Forwarding): readonly string[];
  /**
   * Says what the kernel of `host` has of what is not in every kernel; absent when nothing is needed.
   * @throws {CtloadError} exit 112 when it has nothing of it.
   */
  kernel?(host: Host): Promise<string>;
  /** The rules of the gateway, as input of the tool. */
  rules(wanted: WantedRules): string;
  /**
   * Rules that give every service the endpoint that `services` has for it; entries that exist stay as they are. Absent where nothing
   * is translated.
   */
  redirect?(services: readonly Service[], family: AddressFamily): string;
  /** What else is set on the hosts, before the rules; nothing when absent. */
  prepare?(hosts: Hosts, wanted: WantedRules & Forwarding): Promise<void>;
  /** What connects the hosts besides their links, for all families of the lab at once; nothing when absent. */
  link?(hosts: Hosts, forwarding: Forwarding, plans: readonly [Linked, ...Linked[]]): Promise<void>;
}

/** The addresses of one family that hosts are connected by. */
export type Linked = Pick<AddressPlan, 'family' | 'front' | 'back' | 'endpoints'>;

/** What the rules of a gateway are for. */
export interface WantedRules {
  readonly family: AddressFamily;
  readonly services: readonly Service[];
  /** The range of the virtual addresses. */
  readonly virtuals: string;
  /** The range of the backend's addresses. */
  readonly endpoints: string;
  /** Of no account where nothing is translated. */
  readonly masquerade: Masquerade;
  /** Source ports to masquerade to; absent: all that the kernel has. */
  readonly snatPorts?: number;
  /** With dataplane ipvs. */
  readonly ipvs?: IpvsSpec;
}

/** The command of a tool that reads rules for packets of a family from its standard input. */
export function ruleCommand(tool: DataplaneSetup['tool'], family: AddressFamily): [string, ...string[]] {
  return tool === 'nft' ? ['nft', '-f', '-'] : [family === 'ipv6' ? 'ip6tables-restore' : 'iptables-restore', '--noflush'];
}

/** Loads modules into the kernel of `host`, where that is permitted; those that are not there may be built in. */
export async function loadModules(host: Host, modules: readonly string[]): Promise<void> {
  for (const name of modules) await execute(['modprobe', name], { host }).catch(() => {});
}
