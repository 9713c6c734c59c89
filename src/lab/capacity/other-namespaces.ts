import { readFileSync, statSync } from 'node:fs';
import { localHost } from '../../platform/exec.ts';
import { statFile } from '../host/names.ts';
import { listNamespaces, namespaceInode } from '../host/namespaces.ts';
import { allProcesses, processesByNamespace } from '../host/processes.ts';
import { countEntries, countEntriesOn, entriesIn } from '../host/table.ts';

/** Another namespace's table on this host. */
export interface OtherNamespace {
  /** Its name under /run/netns, else that it is ctload's own, else one of its processes. */
  readonly name: string;
  readonly entries: number;
}

/**
 * Tables of every visible network namespace, fullest first. Those that killed runs left count like any other: their flows are no
 * longer in use, but in a hash table made small for a lease they would make every chain too long.
 */
export async function listOtherNamespaces(): Promise<OtherNamespace[]> {
  const names = new Map([[statSync('/proc/self/ns/net').ino, 'that ctload runs in']]);
  for (const name of listNamespaces()) {
    const inode = namespaceInode(name);
    if (inode !== undefined) names.set(inode, name);
  }
  const others: OtherNamespace[] = [];
  const processes = processesByNamespace();
  for (const [inode, pids] of processes) {
    const pid = pids[0];
    if (pid === undefined) continue;
    others.push({ name: names.get(inode) ?? describeProcess(pid), entries: entriesOf(pid) ?? (await entriesInside(pid)) });
  }
  for (const [inode, name] of names) {
    if (processes.has(inode)) continue;
    others.push({ name, entries: await countEntries(name).catch(() => 0) }); // deleted meanwhile
  }
  const seen = new Set([...processes.values()].flat());
  for (const pid of allProcesses()) {
    // The table of other users' processes may be readable, but not which namespace it belongs to.
    const entries = seen.has(pid) ? 0 : (entriesOf(pid) ?? 0);
    if (entries > 0) others.push({ name: describeProcess(pid), entries });
  }
  return others.sort((a, b) => b.entries - a.entries);
}

/** The namespace that a limit of `max` would put at risk: one that holds more than half of it. */
export async function crowdedNamespace(max: number): Promise<OtherNamespace | undefined> {
  const fullest = (await listOtherNamespaces())[0];
  return fullest !== undefined && fullest.entries > max / 2 ? fullest : undefined;
}

/** Undefined when its process has ended, or the kernel does not show the statistics of tables (CONFIG_NF_CONNTRACK_PROCFS). */
function entriesOf(pid: number): number | undefined {
  try {
    return entriesIn(readFileSync(statFile(pid), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The same by entering the namespace; 0 where that is not permitted. */
function entriesInside(pid: number): Promise<number> {
  return countEntriesOn(localHost(`process ${pid}`, ['nsenter', `--net=/proc/${pid}/ns/net`, '--'])).catch(() => 0);
}

function describeProcess(pid: number): string {
  try {
    return `of process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
  } catch {
    return `of process ${pid}`;
  }
}
