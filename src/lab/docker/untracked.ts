import { execute, type Host } from '../../platform/exec.ts';

/**
 * For client and backend: keeps the lab's packets out of every table except the gateway's. With Docker's own setup each
 * connection would be tracked four times, against one limit: in client and backend, where the rules of Docker's DNS turn
 * conntrack on, and twice on the machine itself, which sees bridged packets where br_netfilter is loaded
 * (bridge-nf-call-iptables 1).
 */
export const UNTRACKED = rules('ctload-untracked', '', '');

/** Adds these rules on the machine, for the lab's two bridges only. */
export async function untrackBridges(machine: Host, table: string, bridges: readonly string[]): Promise<void> {
  const names = bridges.map((bridge) => `"${bridge}"`).join(', ');
  await execute(['nft', '-f', '-'], { host: machine, input: rules(table, `iifname { ${names} } `, `oifname { ${names} } `) });
}

/** Name of the table that `untrackBridges` makes for a run. */
export function bridgeTable(runId: string): string {
  return `ctload-${runId}`;
}

/** The run a table of the machine belongs to; undefined when it is not one of ctload's. */
export function runOfTable(table: string): string | undefined {
  return /^ctload-(.+)$/.exec(table)?.[1];
}

/** A POSIX shell command that removes the table of `untrackBridges`. */
export function removeBridgeTable(table: string): string {
  return `nft delete table inet ${table} 2>/dev/null || true`;
}

function rules(table: string, incoming: string, outgoing: string): string {
  return `table inet ${table} {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    ${incoming}notrack
  }
  chain output {
    type filter hook output priority raw; policy accept;
    ${outgoing}notrack
  }
}
`;
}
