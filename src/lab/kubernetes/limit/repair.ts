import { randomBytes } from 'node:crypto';
import { until } from '../../../platform/clock.ts';
import { CtloadError } from '../../../platform/errors.ts';
import { answered, type Cluster } from '../cluster.ts';
import { namesOf, namespace } from '../objects.ts';
import { createPod } from '../pods.ts';
import { type LimitLease, releaseLease } from './lease.ts';
import { repairPod } from './pods.ts';

/** Seconds for a pod that restores a limit to be scheduled, to run and to end. */
const REPAIRED = 60;

/**
 * Restores the limit of a run that is gone, by a pod on the node: usually the run's own has done so, which the new one finds. `made` gets
 * the namespace that it is done in, to be deleted.
 * @throws {CtloadError} exit 100 when the pod did not come to an end; the lease stays then.
 */
export async function repairLimit(cluster: Cluster, lease: LimitLease, made: (namespace: string) => void): Promise<void> {
  const runId = randomBytes(3).toString('hex');
  const { readers } = namesOf(runId);
  const body = namespace(readers, runId, 'privileged', REPAIRED);
  await answered(`cannot make the namespace ${readers}`, cluster.core.createNamespace({ body }));
  made(readers);
  const pod = repairPod({ runId, image: lease.image, seconds: REPAIRED, name: 'limit' }, lease);
  await createPod(cluster, readers, pod, AbortSignal.timeout(REPAIRED * 1000));
  let phase: string | undefined;
  const ended = async (): Promise<boolean> => {
    const { status } = await answered('the pod limit', cluster.core.readNamespacedPod({ namespace: readers, name: 'limit' }));
    phase = status?.phase;
    return phase === 'Succeeded' || phase === 'Failed';
  };
  const over = await until(ended, REPAIRED, 0.5);
  if (!over || phase !== 'Succeeded') {
    throw new CtloadError(`nf_conntrack_max of node ${lease.node} could not be restored to ${lease.before}: its pod is ${phase}`);
  }
  await releaseLease(cluster, lease);
}
