import { until } from '../../platform/clock.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Swept } from '../sweep.ts';
import { answered, type Cluster, unlessGone } from './cluster.ts';
import { isOrphan, RUN_LABEL } from './labels.ts';
import { orphanedLeases } from './limit/lease.ts';
import { repairLimit } from './limit/repair.ts';

/** Seconds for the cluster to end the pods of a namespace and everything else in it. */
const GONE = 90;

/** Deletes namespaces with all that is in them; those that no longer exist are not an error. @throws {CtloadError} exit 101 naming what is left. */
export async function deleteNamespaces({ core }: Cluster, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => unlessGone(core.deleteNamespace({ name }))));
  for (const name of names) {
    const gone = async () => (await unlessGone(core.readNamespace({ name }))) === undefined;
    if (await until(gone, GONE, 0.25)) continue;
    throw new CtloadError(`the namespace ${name} is still being deleted after ${GONE} s`, {
      hint: `see what it waits for: kubectl get namespace ${name} -o yaml`,
      exitCode: ExitCode.teardown,
    });
  }
}

/** Removes what killed runs left in a cluster. Runs whose owner is alive, and everything without ctload's label, stay as they are. */
export async function sweepCluster(cluster: Cluster): Promise<Swept> {
  const swept: Swept = { removed: [], restored: [], kept: [] };
  const madeHere: string[] = [];
  for (const lease of await orphanedLeases(cluster)) {
    try {
      await repairLimit(cluster, lease, (name) => madeHere.push(name));
      swept.restored.push(`nf_conntrack_max of node ${lease.node} of the cluster ${cluster.context}: ${lease.before}`);
    } catch (error) {
      swept.kept.push(messageOf(error));
    }
  }
  const { items } = await answered('the namespaces', cluster.core.listNamespace({ labelSelector: RUN_LABEL }));
  const left = items.filter(({ metadata }) => isOrphan(metadata?.annotations ?? {})).map(({ metadata }) => metadata?.name ?? '');
  try {
    await deleteNamespaces(cluster, [...left, ...madeHere]);
    swept.removed.push(...left.map((name) => `namespace ${name} of the cluster ${cluster.context}`));
  } catch (error) {
    swept.kept.push(messageOf(error));
  }
  return swept;
}
