import type { PodTarget } from '../../model/input/existing/kubernetes.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { answered, type Cluster } from './cluster.ts';
import { namesOf, PORTS, service } from './objects.ts';
import type { RunningPod } from './pods.ts';

interface Wanted {
  readonly runId: string;
  readonly target: PodTarget;
  readonly client: RunningPod;
  readonly backend: RunningPod;
}

/**
 * What clients connect to, in the order of PORTS; makes the Service where that is one.
 * @throws {CtloadError} exit 100 with what the API server said: quota, or no port that is free.
 */
export async function endpointsOf({ core }: Cluster, { runId, target, client, backend }: Wanted): Promise<Endpoint[]> {
  if (target === 'podIP') return PORTS.map((port) => ({ address: backend.address, port }));
  const { namespace } = namesOf(runId);
  const body = service(runId, target === 'service' ? 'ClusterIP' : 'NodePort');
  const { spec } = await answered('cannot make the Service', core.createNamespacedService({ namespace, body }));
  const ports = spec?.ports ?? [];
  if (target === 'service') return ports.map(({ port }) => ({ address: spec?.clusterIP ?? '', port }));
  return ports.map(({ nodePort = 0 }) => ({ address: client.nodeAddress, port: nodePort }));
}
