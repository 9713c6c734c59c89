import { CtloadError, messageOf } from '../../platform/errors.ts';
import type { Check } from '../checks.ts';
import { type Cluster, connectCluster } from './cluster.ts';
import { requireRights } from './rights.ts';

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

async function checkRights(cluster: Cluster): Promise<Check> {
  try {
    await requireRights(cluster);
    return { name: 'rights', ok: true, detail: 'all of: ctload kubernetes rbac' };
  } catch (error) {
    return failed('rights', error);
  }
}

function failed(name: string, error: unknown): Check {
  const hint = error instanceof CtloadError ? error.hint : undefined;
  return { name, ok: false, detail: messageOf(error), ...(hint === undefined ? {} : { remedy: hint }) };
}
