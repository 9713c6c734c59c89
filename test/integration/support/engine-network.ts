import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FORWARD = '/proc/sys/net/ipv4/ip_forward';

const output = (command: string, ...args: readonly string[]) => execFileSync(command, args, { encoding: 'utf8' });

export const nftTables = () =>
  output('nft', 'list', 'tables')
    .split('\n')
    .filter((line) => line !== '');

/**
 * Where no engine runs: removes the bridges of one that was killed which have addresses of the range for benchmarks, and its
 * rules. The next engine would take neither for its own: a network of the same range would be routed to the old bridge, and the
 * rules count as the machine's. Returns what was removed.
 */
export function removeDeadNetworks(): string[] {
  const removed = deadBridges();
  for (const bridge of removed) execFileSync('ip', ['link', 'delete', bridge]);
  if (removeRules('ACCEPT') > 0) {
    removed.push('rules of Docker');
    for (const table of ['nat', 'raw']) {
      if (isEmpty(table)) deleteTables((name) => new RegExp(`^table ip6? ${table}$`).test(name));
    }
  }
  return removed;
}

function deadBridges(): string[] {
  const links: readonly { readonly ifname: string; readonly addr_info: readonly { readonly local: string }[] }[] = JSON.parse(
    output('ip', '-json', '-4', 'address', 'show', 'type', 'bridge'),
  );
  const ours = links.filter(({ addr_info = [] }) => addr_info.some(({ local }) => /^198\.1[89]\./.test(local)));
  return ours.map(({ ifname }) => ifname).filter((name) => name.startsWith('br-'));
}

/**
 * dockerd switches forwarding on, closes it, and adds chains and tables, and leaves all that behind: with its nat table this
 * machine tracks its own connections, and a later lease may find too many of them. Returns what undoes it.
 */
export function rememberFirewall(): () => void {
  const tables = nftTables();
  const forward = readFileSync(FORWARD, 'utf8');
  const policy = /^:FORWARD (\w+)/m.exec(output('iptables-save', '-t', 'filter'))?.[1] ?? 'ACCEPT';
  return () => {
    writeFileSync(FORWARD, forward);
    removeRules(policy);
    deleteTables((table) => /^table ip6? (nat|filter|raw)$/.test(table) && !tables.includes(table));
  };
}

/** Removes Docker's chains and rules, and gives FORWARD this policy where there were any; returns how many. */
function removeRules(policy: string): number {
  let removed = 0;
  for (const table of ['filter', 'nat', 'raw']) {
    const saved = output('iptables-save', '-t', table).split('\n');
    const jumps = saved.filter((line) => /^-A (?!DOCKER).*-j DOCKER/.test(line)).map((line) => line.replace('-A', '-D'));
    const chains = saved.flatMap((line) => /^:(DOCKER[\w-]*) /.exec(line)?.[1] ?? []);
    const dead = saved.filter(isOfDeadBridge).map((line) => line.replace('-A', '-D'));
    if (chains.length + dead.length === 0) continue;
    removed += chains.length + dead.length;
    const reset = table === 'filter' ? [`:FORWARD ${policy} [0:0]`] : [];
    const flushed = chains.map((chain) => `-F ${chain}`);
    const rules = [`*${table}`, ...reset, ...jumps, ...dead, ...flushed, ...chains.map((chain) => `-X ${chain}`), 'COMMIT'];
    execFileSync('iptables-restore', ['--noflush'], { input: `${rules.join('\n')}\n` });
  }
  return removed;
}

/** An engine of Debian also adds rules for each network, some of them with `-m conntrack`, to chains that are not its own. */
function isOfDeadBridge(rule: string): boolean {
  const [, bridge] = /^-A (?!DOCKER).* -[io] (br-[0-9a-f]{12}) /.exec(rule) ?? [];
  return bridge !== undefined && !existsSync(`/sys/class/net/${bridge}`);
}

function isEmpty(table: string): boolean {
  return !/^-A /m.test(output('iptables-save', '-t', table));
}

function deleteTables(wanted: (table: string) => boolean): void {
  for (const table of nftTables().filter(wanted)) execFileSync('nft', ['delete', ...table.split(' ')]);
}
