import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { messageOf } from '../../platform/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { Swept } from '../sweep.ts';

/** Where a pod finds the account that it runs as. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Whether kubectl would find a cluster here, so that nobody else loads the library for it. */
function isConfigured(): boolean {
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return [...(named.length > 0 ? named : [join(homedir(), '.kube/config')]), ACCOUNT].some((file) => existsSync(file));
}

/** Removes what killed runs left in the cluster that kubectl would use; where there is none there is nothing to do. */
export async function sweepKubernetes({ log }: { readonly log: Log }): Promise<Swept> {
  const nothing: Swept = { removed: [], restored: [], kept: [] };
  if (!isConfigured()) return nothing;
  try {
    const [{ connectCluster }, { sweepCluster }] = await Promise.all([import('./cluster.ts'), import('./sweep.ts')]);
    return await sweepCluster(await connectCluster());
  } catch (error) {
    log.warn(`Kubernetes is not looked at: ${messageOf(error)}`);
    return nothing;
  }
}
