import { readdirSync, readFileSync, statSync } from 'node:fs';
import { errnoOf } from '../../platform/errors.ts';
import { NETNS_FOLDER, namespacePath } from './names.ts';
import { allProcesses, processesByNamespace } from './processes.ts';

/** A network namespace of this machine, as far as it is visible. */
export interface VisibleNamespace {
  readonly inode: number;
  /** Name of its pod, else under /run/netns, else of one of its processes; `here` for the reader's own. */
  readonly name: string;
  /** Name under /run/netns; undefined without one. */
  readonly mounted: string | undefined;
  /** Processes in it, the oldest first; a namespace that is only mounted has none. */
  readonly pids: readonly number[];
}

export const OWN_NAMESPACE = 'here';

/** A pod's control group, by its UID, as cgroupfs and systemd write it; that of a static pod has no hyphens. */
const POD = /\bpod[0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12}\b/;
const HOSTNAME = /(?:^|\0)HOSTNAME=([a-z0-9][-.a-z0-9]{0,252})(?:\0|$)/;
/** Processes of a namespace that are asked for their pod's name. */
const MOST_ASKED = 5;

/**
 * The network namespaces of this machine: the reader's own first. Those of other users' processes are visible to root only. In a
 * container without the machine's PID namespace it is the container's own alone.
 */
export function visibleNamespaces(): VisibleNamespace[] {
  const own = statSync('/proc/self/ns/net').ino;
  const mounted = mountedNamespaces();
  const processes = processesByNamespace();
  const inodes = new Set([own, ...mounted.keys(), ...processes.keys()]);
  return [...inodes].map((inode) => {
    const pids = processes.get(inode) ?? [];
    const name = inode === own ? OWN_NAMESPACE : (podOf(pids) ?? mounted.get(inode) ?? describe(pids[0]));
    return { inode, name, mounted: mounted.get(inode), pids };
  });
}

/** Whether the namespaces of some processes are not visible to this one. Pid 1 may be guarded, and root's own namespace is its. */
export function othersHidden(): boolean {
  return allProcesses().some((pid) => {
    try {
      statSync(`/proc/${pid}/ns/net`);
      return false;
    } catch (error) {
      return pid !== 1 && errnoOf(error) === 'EACCES'; // others have ended
    }
  });
}

/** Names under /run/netns by inode. */
function mountedNamespaces(): Map<number, string> {
  const found = new Map<number, string>();
  let names: string[] = [];
  try {
    names = readdirSync(NETNS_FOLDER);
  } catch {} // iproute2 has never made one
  for (const name of names) {
    try {
      found.set(statSync(namespacePath(name)).ino, name);
    } catch {} // deleted meanwhile
  }
  return found;
}

/**
 * `pod web-1`, where the oldest of these processes is a pod's: its name is the HOSTNAME that the kubelet gives its containers, unless
 * the pod has another one. Undefined elsewhere, and where that is not ours to see.
 */
export function podOf(pids: readonly number[], proc = '/proc'): string | undefined {
  if (pids[0] === undefined || !POD.test(textOf(`${proc}/${pids[0]}/cgroup`))) return undefined;
  for (const pid of pids.slice(0, MOST_ASKED)) {
    const [, name] = HOSTNAME.exec(textOf(`${proc}/${pid}/environ`)) ?? []; // the sandbox's own process has none
    if (name !== undefined) return `pod ${name}`;
  }
  return undefined;
}

/** `container 3f2a5b8c9d01 (nginx)`: as `docker ps` and `crictl ps` name it; `process 123 (nginx)` outside of a container. */
function describe(pid: number | undefined): string {
  const text = (file: string) => textOf(`/proc/${pid}/${file}`).trim();
  const [, container] = /([0-9a-f]{12})[0-9a-f]{52}/.exec(text('cgroup')) ?? [];
  return `${container === undefined ? `process ${pid}` : `container ${container}`} (${text('comm')})`;
}

/** Nothing where it has ended meanwhile, or is not ours to see. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
