import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { describeLimits } from './host/limits.ts';
import { runOfNamespace } from './host/names.ts';
import { deleteNamespaces, listNamespaces } from './host/namespaces.ts';
import { Registry } from './host/registry.ts';
import { readJournal } from './lease/journal.ts';
import { abandonedLease, repair } from './lease/repair.ts';

export interface Swept {
  /** What was removed, one phrase each. */
  readonly removed: string[];
  /** Host-wide settings that were restored. */
  readonly restored: string[];
  /** What could not be removed or restored, with the reason. */
  readonly kept: string[];
}

/**
 * Removes what killed runs left on this host: their namespaces and the processes in them, their registry entries, and limits
 * that are still changed. Runs whose owner is alive, and everything not named ctload-<run>-<role>, stay as they are.
 */
export async function sweep({ log }: { readonly log: Log }): Promise<Swept> {
  const swept: Swept = { removed: [], restored: [], kept: [] };
  await restoreLimits(swept, log); // first: it concerns the whole host
  for (const [runId, names] of deadRuns()) {
    try {
      await deleteNamespaces(names);
      new Registry().remove(runId);
      swept.removed.push(...(names.length > 0 ? names.map((name) => `namespace ${name}`) : [`registry entry of run ${runId}`]));
    } catch (error) {
      swept.kept.push(`run ${runId}: ${messageOf(error)}`);
    }
  }
  return swept;
}

/** Namespaces of every killed run; runs that left only their registry entry have none. */
export function deadRuns(): Map<string, string[]> {
  const dead = new Map<string, string[]>();
  const names = listNamespaces(); // before the registry is asked: a run registers before it makes namespaces
  const registry = new Registry();
  for (const runId of registry.ids()) {
    if (registry.live(runId) === undefined) dead.set(runId, []);
  }
  for (const name of names) {
    const runId = runOfNamespace(name);
    if (runId === undefined || registry.live(runId) !== undefined) continue;
    dead.set(runId, [...(dead.get(runId) ?? []), name]);
  }
  return dead;
}

async function restoreLimits(swept: Swept, log: Log): Promise<void> {
  const before = readJournal()?.before;
  if (before === undefined) return;
  try {
    const journal = await abandonedLease();
    if (journal === undefined || new Registry().live(journal.runId) !== undefined) return;
    const restored = await repair();
    if (restored !== undefined) swept.restored.push(`${describeLimits(restored.limits)} (changed by run ${restored.runId})`);
    if (restored?.foreign === true) log.warn('another process changed a limit meanwhile; its value is left in place');
    if (readJournal()?.runId === journal.runId)
      swept.kept.push(`${describeLimits(journal.before)}: the lease's lock is not free`);
  } catch (error) {
    swept.kept.push(`${describeLimits(before)}: ${messageOf(error)}`);
  }
}
