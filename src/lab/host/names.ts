import { join } from 'node:path';

export type HostRole = 'client' | 'gateway' | 'backend';

export const ROLES: readonly HostRole[] = ['client', 'gateway', 'backend'];

/** Where iproute2 keeps named namespaces. */
export const NETNS_FOLDER = '/run/netns';

/** State that must survive a killed ctload; only root writes it. */
export const STATE_FOLDER = '/run/ctload';

/** Held exclusively while a lease changes the host's limits, shared while the ballast of root's runs relies on them. Root's alone. */
export const LOCK_FILE = join(STATE_FOLDER, 'lease.lock');

/** The same for the ballast of runs without root. Every user can hold it, so it delays a lease, but does not prevent it. */
export const USERS_LOCK_FILE = join(STATE_FOLDER, 'ballast.lock');

/** Statistics of the conntrack table of the network namespace that process `pid` is in, the reader's own when there is no `pid`. */
export function statFile(pid?: number | string): string {
  return pid === undefined ? '/proc/net/stat/nf_conntrack' : `/proc/${pid}/net/stat/nf_conntrack`;
}

export function namespaceName(runId: string, role: HostRole): string {
  return `ctload-${runId}-${role}`;
}

export function namespacePath(name: string): string {
  return join(NETNS_FOLDER, name);
}

/** The run a namespace belongs to; undefined when the name is not one of ctload's. */
export function runOfNamespace(name: string): string | undefined {
  return /^ctload-(.+)-(?:client|gateway|backend)$/.exec(name)?.[1];
}
