import type { KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import type { Log } from '../../platform/log.ts';
import type { Cluster } from './cluster.ts';
import { endpointsOf } from './endpoints.ts';
import { othersOn } from './node.ts';
import { backendPod, clientNames, clientPod, namesOf } from './objects.ts';
import { nodesOnPath, type PathNode } from './path.ts';
import type { PodStarter } from './pod-starter.ts';
import type { RunningPod } from './pods.ts';

interface Wanted {
  readonly runId: string;
  readonly image: string;
  /** Seconds after which pods end by themselves. */
  readonly seconds: number;
  readonly spec: KubernetesSpec;
  readonly log: Log;
}

export interface PlacedPods {
  readonly clients: readonly (RunningPod & { readonly name: string })[];
  readonly backend: RunningPod;
  /** What clients connect to, in the order of PORTS. */
  readonly endpoints: readonly Endpoint[];
  /** As Reached.portNode. */
  readonly portNode?: string;
  /** The nodes whose tables the connections are in. */
  readonly path: readonly PathNode[];
}

/**
 * Starts clients and backend, and follows the connections between them.
 * @throws {CtloadError} exit 112 when a pod does not run, or a node of the path runs pods of others; 100 as endpointsOf.
 */
export async function placePods(cluster: Cluster, starter: PodStarter, wanted: Wanted): Promise<PlacedPods> {
  const { runId, image, seconds, spec, log } = wanted;
  const { namespace } = namesOf(runId);
  const asked = new Set<string>();
  const requireNode = async (node: string): Promise<void> => {
    if (asked.has(node)) return;
    asked.add(node);
    const others = await othersOn(cluster, node, { runId, allowShared: spec.allowSharedNodes });
    if (others > 0) log.warn(`the node ${node} runs ${others} pods of others, which a full table affects`);
  };
  const run = { runId, image, seconds };
  const startClient = async (name: string) => ({ ...(await starter.start(namespace, clientPod(spec, run, name))), name });
  const [first = '', ...others] = clientNames(spec.clients);
  const client = await startClient(first);
  await requireNode(client.node);
  const clients = [client, ...(await Promise.all(others.map(startClient)))];
  for (const { node } of clients) await requireNode(node);
  const backend = await starter.start(namespace, backendPod(spec, run));
  await requireNode(backend.node);
  const { endpoints, portNode } = await endpointsOf(cluster, { runId, target: spec.target, client, backend });
  const path = nodesOnPath({ clients: clients.map(({ node }) => node), portNode, backend: backend.node });
  for (const { name } of path) await requireNode(name);
  return { clients, backend, endpoints, path, ...(portNode === undefined ? {} : { portNode }) };
}
