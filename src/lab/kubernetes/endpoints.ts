import type { PodTarget } from '../../model/input/existing/kubernetes.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster } from './cluster.ts';
import { namesOf, PORTS, service } from './objects.ts';
import type { RunningPod } from './pods.ts';

interface Wanted {
  readonly runId: string;
  readonly target: PodTarget;
  readonly client: RunningPod;
  readonly backend: RunningPod;
}

/** Where clients connect to. */
export interface Reached {
  /** In the order of PORTS. */
  readonly endpoints: readonly Endpoint[];
  /** The node whose port that is; absent for other targets. */
  readonly portNode?: string;
}

/**
 * What clients connect to; makes the Service where that is one.
 * @throws {CtloadError} exit 100 with what the API server said: quota, or no port that is free; 112 when a node has no address.
 */
export async function endpointsOf(cluster: Cluster, { runId, target, client, backend }: Wanted): Promise<Reached> {
  if (target === 'podIP') return { endpoints: PORTS.map((port) => ({ address: backend.address, port })) };
  const { namespace } = namesOf(runId);
  const node = target === 'service' ? undefined : await nodeNamed(cluster, target.nodePort, { client, backend });
  const body = service(runId, target);
  const { spec } = await answered('cannot make the Service', cluster.core.createNamespacedService({ namespace, body }));
  const ports = spec?.ports ?? [];
  if (node === undefined) return { endpoints: ports.map(({ port }) => ({ address: spec?.clusterIP ?? '', port })) };
  const { node: portNode, nodeAddress: address } = node;
  return { endpoints: ports.map(({ nodePort: port = 0 }) => ({ address, port })), portNode };
}

async function nodeNamed(
  { core }: Cluster,
  name: string,
  pods: { readonly client: RunningPod; readonly backend: RunningPod },
): Promise<Pick<RunningPod, 'node' | 'nodeAddress'>> {
  const known = Object.entries(pods).find(([role, { node }]) => role === name || node === name)?.[1];
  if (known !== undefined) return known;
  const { status } = await answered(`lab.kubernetes.target.nodePort: the node ${name}`, core.readNode({ name }));
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (address !== undefined) return { node: name, nodeAddress: address };
  throw new CtloadError(`the node ${name} has no InternalIP to connect to`, { exitCode: ExitCode.hostUnfit });
}
