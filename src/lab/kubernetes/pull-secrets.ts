import type { V1Secret } from '@kubernetes/client-node';
import type { KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster, reasonOf } from './cluster.ts';

/** The Secrets that the image is pulled with. @throws {CtloadError} exit 112 naming one that cannot be read, with what the API server said. */
export async function readPullSecrets(cluster: Cluster, { namespace, imagePullSecrets }: KubernetesSpec): Promise<V1Secret[]> {
  const from = namespace ?? cluster.namespace;
  return Promise.all(
    imagePullSecrets.map(async (name) => {
      try {
        return await cluster.core.readNamespacedSecret({ namespace: from, name });
      } catch (cause) {
        throw new CtloadError(`lab.kubernetes.imagePullSecrets: the Secret ${from}/${name}: ${reasonOf(cause)}`, {
          hint: 'they are those of lab.kubernetes.namespace, else of the namespace of the context',
          exitCode: ExitCode.hostUnfit,
          cause,
        });
      }
    }),
  );
}

/** Puts them into a namespace, with which they are deleted. @throws {CtloadError} exit 100 with what the API server said. */
export async function copySecrets({ core }: Cluster, namespace: string, secrets: readonly V1Secret[]): Promise<void> {
  for (const { metadata, type, data } of secrets) {
    const body: V1Secret = {
      metadata: { name: metadata?.name ?? '' },
      ...(type === undefined ? {} : { type }),
      ...(data === undefined ? {} : { data }),
    };
    await answered(`cannot copy the Secret ${metadata?.name}`, core.createNamespacedSecret({ namespace, body }));
  }
}
