import type { Masquerade } from '../../model/input/dataplanes.ts';
import type { AddressPlan, Service } from '../addresses.ts';
import type { Hosts } from '../lab.ts';

/** How a dataplane is set up in a lab, one object each; facts about it that need no lab are in model/input/dataplanes.ts. */
export interface DataplaneSetup {
  /** The program whose rules the gateway gets. */
  readonly tool: 'iptables' | 'nft';
  /** Kernel modules that the rules need. */
  readonly modules: readonly string[];
  /** The rules of the gateway, as input of the tool. */
  rules(wanted: WantedRules): string;
  /** What else is set on the hosts, before the rules; nothing when absent. */
  prepare?(hosts: Hosts, plan: Pick<AddressPlan, 'virtuals'>): Promise<void>;
}

/** What the rules of a gateway are for. */
export interface WantedRules {
  readonly services: readonly Service[];
  /** The range of the backend's addresses. */
  readonly endpoints: string;
  /** Of no account where nothing is translated. */
  readonly masquerade: Masquerade;
}

/** The command of each tool that reads rules from its standard input. */
export const RULE_COMMANDS: Readonly<Record<DataplaneSetup['tool'], readonly string[]>> = {
  iptables: ['iptables-restore', '--noflush'],
  nft: ['nft', '-f', '-'],
};
