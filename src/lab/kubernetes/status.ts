import { CtloadError, messageOf } from '../../platform/errors.ts';
import type { Check } from '../checks.ts';
import { type Cluster, connectCluster } from './cluster.ts';
import { requirePlanRights, requireRights } from './rights.ts';

/** What `ctload doctor --driver kubernetes` checks: the cluster that kubectl would use, and what its user may do there. */
export async function checkCluster(): Promise<Check[]> {
  let cluster: Cluster;
  try {
    cluster = await connectCluster();
  } catch (error) {
    return [failed('cluster', error)];
  }
  const { context, version, server } = cluster;
  const reached: Check = { name: 'cluster', ok: true, detail: `${context}: Kubernetes ${version} at ${server}` };
  return [reached, await checkRights(cluster)];
}

/** Those of a plan are not needed to run. */
export async function checkRights(cluster: Pick<Cluster, 'authorization' | 'context'>): Promise<Check> {
  try {
    await requireRights(cluster);
  } catch (error) {
    return failed('rights', error);
  }
  const detail = await requirePlanRights(cluster).then(
    () => 'all of: ctload kubernetes rbac',
    (error) => `all that a run needs; not for plan --kube-context: ${messageOf(error)}`,
  );
  return { name: 'rights', ok: true, detail };
}

function failed(name: string, error: unknown): Check {
  const hint = error instanceof CtloadError ? error.hint : undefined;
  return { name, ok: false, detail: messageOf(error), ...(hint === undefined ? {} : { remedy: hint }) };
}
