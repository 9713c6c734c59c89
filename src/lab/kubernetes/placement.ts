import { isUrl, type KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import type { Log } from '../../platform/log.ts';
import type { Cluster } from './cluster.ts';
import { endpointsOf } from './endpoints.ts';
import { othersOn } from './node.ts';
import { backendPod, clientNames, clientPod, namesOf, type RunOfPod } from './objects.ts';
import { nodesOnPath, type PathNode } from './path/path.ts';
import type { PodStarter } from './pod-starter.ts';
import type { RunningPod } from './pods.ts';
import type { BackendPort, Reachable } from './ports.ts';

interface Wanted {
  readonly run: RunOfPod;
  readonly spec: KubernetesSpec;
  readonly ports: readonly BackendPort[];
  readonly log: Log;
}

export interface PlacedPods {
  /** Each with what it is in reports. */
  readonly clients: readonly (RunningPod & { readonly role: string })[];
  /** Absent where the target is not ctload's own. */
  readonly backend: RunningPod | undefined;
  /** What clients connect to, in the order of the ports. */
  readonly reachable: readonly Reachable[];
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
  const { run, spec, ports, log } = wanted;
  const { runId } = run;
  const { namespace } = namesOf(runId, spec);
  const asked = new Set<string>();
  const requireNode = async (node: string): Promise<void> => {
    if (asked.has(node)) return;
    asked.add(node);
    const others = await othersOn(cluster, node, { runId, allowShared: spec.allowSharedNodes });
    if (others > 0) log.warn(`the node ${node} runs ${others} pods of others, which a full table affects`);
  };
  const startClient = async (role: string) => ({ ...(await starter.start(namespace, clientPod(spec, run, role))), role });
  const [first = '', ...others] = clientNames(spec.clients);
  const client = await startClient(first);
  await requireNode(client.node);
  const clients = [client, ...(await Promise.all(others.map(startClient)))];
  for (const { node } of clients) await requireNode(node);
  const backend = isUrl(spec.target) ? undefined : await starter.start(namespace, backendPod(spec, run, ports));
  if (backend !== undefined) await requireNode(backend.node);
  const { reachable, portNode } = await endpointsOf(cluster, { runId, spec, ports, client, backend });
  const path = nodesOnPath({ clients: clients.map(({ node }) => node), portNode, backend: backend?.node });
  for (const { name } of path) await requireNode(name);
  return { clients, backend, reachable, path, ...(portNode === undefined ? {} : { portNode }) };
}
