import { until } from '../../platform/clock.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Swept } from '../sweep.ts';
import { answered, type Cluster, insist, type Patience, unlessGone } from './cluster.ts';
import { isOrphan, isOwned, RUN_LABEL } from './labels.ts';
import { orphanedLeases } from './limit/lease.ts';
import { repairLimit } from './limit/repair.ts';
import { BACKEND, namesOf } from './objects.ts';

/** Seconds for the cluster to end the pods of a namespace and everything else in it. */
const GONE = 90;

/** Called once with the reason when the API server is away: then it is waited for. */
export type OnAway = NonNullable<Patience['onAway']>;

/**
 * Deletes namespaces with all that is in them; those that no longer exist are not an error.
 * @throws {CtloadError} exit 101 naming what is left, or that the API server does not come back.
 */
export async function deleteNamespaces({ core }: Cluster, names: readonly string[], onAway?: OnAway): Promise<void> {
  const patience = patienceWith(onAway);
  await Promise.all(names.map((name) => insist(() => unlessGone(core.deleteNamespace({ name })), patience)));
  for (const name of names) {
    const gone = async () => (await insist(() => unlessGone(core.readNamespace({ name })), patience)) === undefined;
    if (await until(gone, GONE, 0.25)) continue;
    throw new CtloadError(`the namespace ${name} is still being deleted after ${GONE} s`, {
      hint: `see what it waits for: kubectl get namespace ${name} -o yaml`,
      exitCode: ExitCode.teardown,
    });
  }
}

/** Of all requests of one step. */
function patienceWith(onAway: OnAway = () => {}): Patience {
  let said = false;
  const sayOnce = (why: string) => {
    if (!said) onAway(why);
    said = true;
  };
  return { seconds: GONE, onAway: sayOnce };
}

/**
 * Deletes a run's pods and its Service in a namespace that is not the run's own; those that no longer exist are not an error.
 * @throws {CtloadError} exit 101 naming what is left, or that the API server does not come back.
 */
export async function deleteWorkers({ core }: Cluster, namespace: string, runId: string, onAway?: OnAway): Promise<void> {
  const labelSelector = `${RUN_LABEL}=${runId}`;
  const patience = patienceWith(onAway);
  const list = () =>
    answered(
      `the pods in ${namespace}`,
      insist(() => core.listPodForAllNamespaces({ labelSelector }), patience),
    );
  const names = async () =>
    (await list()).items.flatMap(({ metadata }) => (metadata?.namespace === namespace ? [metadata.name ?? ''] : []));
  const service = `${namesOf(runId, { namespace }).prefix}${BACKEND}`;
  await Promise.all([
    insist(() => unlessGone(core.deleteNamespacedService({ namespace, name: service })), patience),
    ...(await names()).map((name) => insist(() => unlessGone(core.deleteNamespacedPod({ namespace, name })), patience)),
  ]);
  if (await until(async () => (await names()).length === 0, GONE, 0.25)) return;
  throw new CtloadError(`pods of the run ${runId} are still being deleted after ${GONE} s in the namespace ${namespace}`, {
    hint: `see what they wait for: kubectl get pods -n ${namespace} -l ${labelSelector}`,
    exitCode: ExitCode.teardown,
  });
}

/** Runs that are gone and have left pods in a namespace that is not their own. */
async function orphanedWorkers({ core }: Cluster): Promise<{ readonly namespace: string; readonly runId: string }[]> {
  const { items } = await answered('the pods', core.listPodForAllNamespaces({ labelSelector: RUN_LABEL }));
  const found = new Map<string, { readonly namespace: string; readonly runId: string }>();
  for (const { metadata } of items) {
    const { namespace = '', annotations = {}, labels = {} } = metadata ?? {};
    const runId = labels[RUN_LABEL] ?? '';
    if (isOwned(annotations) && isOrphan(annotations)) found.set(`${namespace} ${runId}`, { namespace, runId });
  }
  return [...found.values()];
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
  for (const { namespace, runId } of await orphanedWorkers(cluster)) {
    try {
      await deleteWorkers(cluster, namespace, runId);
      swept.removed.push(`pods of the run ${runId} in the namespace ${namespace} of the cluster ${cluster.context}`);
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
