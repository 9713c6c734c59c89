import type { Cleanup } from '../../platform/cleanup.ts';
import type { Log } from '../../platform/log.ts';
import { type HostRole, namespaceName } from '../host/names.ts';
import { addNamespaces, deleteNamespaces } from '../host/namespaces.ts';
import { Registry } from '../host/registry.ts';
import { sweep } from '../sweep.ts';
import { isRootless } from './rootless.ts';

/** Removes what killed runs left: their tables would prevent a lease, their changed limits affect ballast. */
export async function clearAway(log: Log): Promise<void> {
  if (isRootless()) return;
  const { removed, restored, kept } = await sweep({ log });
  for (const what of [...restored, ...removed]) log.info(`cleaned up after a killed run: ${what}`);
  for (const what of kept) log.warn(`left by a killed run: ${what}`);
}

/** A run inside a user namespace needs no registry entry: its namespaces have no name outside and end with it. */
export function register(runId: string, cleanup: Cleanup): void {
  if (isRootless()) return;
  const registry = new Registry();
  registry.add(runId);
  cleanup.defer('registry entry', () => registry.remove(runId));
}

/** Makes a network namespace for each of `roles`; returns their names for iproute2. */
export async function addSite<Role extends HostRole>(
  runId: string,
  roles: readonly Role[],
  cleanup: Cleanup,
): Promise<Record<Role, string>> {
  const names = Object.fromEntries(roles.map((role) => [role, namespaceName(runId, role)])) as Record<Role, string>;
  cleanup.defer('network namespaces', () => deleteNamespaces(Object.values(names)));
  await addNamespaces(Object.values(names));
  return names;
}
