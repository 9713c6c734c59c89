import { execute, type Host } from '../../platform/exec.ts';
import { namespaceHost } from './namespaces.ts';

/** Of the reader's own namespace, however the kernel was built. */
const COUNT = '/proc/sys/net/netfilter/nf_conntrack_count';

/** Entries in a table, from the text of `statFile`: hexadecimal, the same in every CPU's line, first column. */
export function entriesIn(stat: string): number {
  return Number.parseInt(stat.split('\n')[1]?.split(/\s+/, 1)[0] ?? '', 16) || 0;
}

/** Entries in a namespace's table. */
export async function countEntries(namespace: string): Promise<number> {
  return countEntriesOn(namespaceHost(namespace, namespace));
}

/** Entries in a host's table. */
export async function countEntriesOn(host: Host): Promise<number> {
  return Number(await execute(['cat', COUNT], { host }));
}
