import type { AddressPlan, Service } from '../addresses.ts';
import type { Hosts } from '../lab.ts';

/** How a dataplane is set up in a lab, one object each; facts about it that need no lab are in model/input/dataplanes.ts. */
export interface DataplaneSetup {
  /** The program whose rules the gateway gets. */
  readonly tool: 'iptables' | 'nft';
  /** Kernel modules that the rules need. */
  readonly modules: readonly string[];
  /** The rules of the gateway for `services`, as input of the tool. */
  rules(services: readonly Service[]): string;
  /** What else is set on the hosts, before the rules; nothing when absent. */
  prepare?(hosts: Hosts, plan: Pick<AddressPlan, 'virtuals'>): Promise<void>;
}

/** The command of each tool that reads rules from its standard input. */
export const RULE_COMMANDS: Readonly<Record<DataplaneSetup['tool'], readonly string[]>> = {
  iptables: ['iptables-restore', '--noflush'],
  nft: ['nft', '-f', '-'],
};
