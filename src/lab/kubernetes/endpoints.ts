import { isUrl, type KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import { endpointOfUrl } from '../../model/input/external.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster } from './cluster.ts';
import { namesOf, service } from './objects.ts';
import type { RunningPod } from './pods.ts';
import type { BackendPort, Reachable } from './ports.ts';

interface Wanted {
  readonly runId: string;
  readonly spec: KubernetesSpec;
  readonly ports: readonly BackendPort[];
  readonly client: RunningPod;
  /** Undefined where the target is not ctload's own. */
  readonly backend: RunningPod | undefined;
}

/** Where clients connect to. */
export interface Reached {
  /** In the order of the ports. */
  readonly reachable: readonly Reachable[];
  /** The node whose port that is; absent for other targets. */
  readonly portNode?: string;
}

/**
 * What clients connect to; makes the Service where that is one.
 * @throws {CtloadError} exit 100 with what the API server said: quota, or no port that is free; 112 when a node has no address.
 */
export async function endpointsOf(cluster: Cluster, { runId, spec, ports, client, backend }: Wanted): Promise<Reached> {
  const { target } = spec;
  if (isUrl(target)) {
    const at = endpointOfUrl(target.url);
    return { reachable: at === undefined ? [] : [{ use: 'http', protocol: 'TCP', port: at.port, at }] };
  }
  if (backend === undefined) throw new Error('a target of ctload’s own without a backend');
  const at = (address: string) => ports.map((one) => ({ ...one, at: { address, port: one.port } }));
  if (target === 'podIP') return { reachable: at(backend.address) };
  if (target === 'hostPort') return { reachable: at(backend.nodeAddress) };
  const { namespace } = namesOf(runId, spec);
  const node = target === 'service' ? undefined : await nodeNamed(cluster, target.nodePort, { client, backend });
  const owner = { apiVersion: 'v1', kind: 'Pod', name: backend.name, uid: backend.uid };
  const body = service({ runId, spec, ports, owner });
  const made = await answered('cannot make the Service', cluster.core.createNamespacedService({ namespace, body }));
  if (node === undefined) return { reachable: at(made.spec?.clusterIP ?? '') };
  const { node: portNode, nodeAddress: address } = node;
  const nodePorts = made.spec?.ports ?? [];
  const reachable = ports.map((one, index) => ({ ...one, at: { address, port: nodePorts[index]?.nodePort ?? 0 } }));
  return { reachable, portNode };
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
