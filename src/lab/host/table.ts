import { CtloadError } from '../../platform/errors.ts';
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

/** Prints what conntrack says when it has finished, not the entries; it ends with exit code 1 when it found none. */
const DELETE = 'conntrack -D "$@" 2>&1 >/dev/null; true';
/** One that expired between its listing and its deletion may end the command (conntrack-tools before 1.4.8). */
const ATTEMPTS = 5;

/**
 * Deletes the entries of a host's table that `filter` (flags of `conntrack -D`) finds; returns how many there were.
 * @throws {CtloadError} exit 100 saying what conntrack said instead.
 */
export async function deleteEntries(host: Host, filter: readonly string[]): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const said = await execute(['sh', '-c', DELETE, 'sh', ...filter], { host });
    const [, count] = /: (\d+) flow entries have been deleted/.exec(said) ?? [];
    if (count !== undefined) return Number(count);
    if (attempt === ATTEMPTS) throw new CtloadError(`conntrack -D ${filter.join(' ')}: ${said.trim()}`);
  }
}
