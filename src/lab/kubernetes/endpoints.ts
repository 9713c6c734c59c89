import { familiesIn, familyOf, type LabFamily } from '../../model/input/address-family.ts';
import { isUrl, type KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import { endpointOfUrl } from '../../model/input/external.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
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
  const { target, family } = spec;
  if (isUrl(target)) {
    const at = endpointOfUrl(target.url);
    return { reachable: at === undefined ? [] : [{ use: 'http', protocol: 'TCP', port: at.port, at }] };
  }
  if (backend === undefined) throw new Error('a target of ctload’s own without a backend');
  requireFamily(family, client);
  const at = (addresses: readonly string[]) => {
    const some = addressesOver(family, addresses);
    return ports.flatMap((one) => some.map((address) => ({ ...one, at: { address, port: one.port } })));
  };
  if (target === 'podIP') return { reachable: at(backend.addresses) };
  if (target === 'hostPort') return { reachable: at(backend.nodeAddresses) };
  const { namespace } = namesOf(runId, spec);
  const node = target === 'service' ? undefined : await nodeNamed(cluster, target.nodePort, { client, backend });
  const owner = { apiVersion: 'v1', kind: 'Pod', name: backend.name, uid: backend.uid };
  const body = service({ runId, spec, ports, owner });
  const made = await answered('cannot make the Service', cluster.core.createNamespacedService({ namespace, body })).catch(
    (error: unknown) => {
      throw family !== undefined && /configured/.test(messageOf(error)) ? lacking(family, messageOf(error)) : error;
    },
  );
  if (node === undefined) return { reachable: at(made.spec?.clusterIPs ?? [made.spec?.clusterIP ?? '']) };
  const { node: portNode } = node;
  const addresses = addressesOver(family, node.nodeAddresses);
  if (addresses.length === 0) throw lacking(family, `the node ${portNode} has no such address`);
  const nodePorts = made.spec?.ports ?? [];
  const reachable = ports.flatMap((one, index) =>
    addresses.map((address) => ({ ...one, at: { address, port: nodePorts[index]?.nodePort ?? 0 } })),
  );
  return { reachable, portNode };
}

/** The first of `addresses`, or one of each of the families asked for. */
function addressesOver(family: LabFamily | undefined, addresses: readonly string[]): string[] {
  if (family === undefined) return addresses.slice(0, 1);
  return familiesIn(family).flatMap((one) => addresses.filter((address) => familyOf(address) === one).slice(0, 1));
}

/** @throws {CtloadError} exit 112 when the cluster gives pods no addresses of the family. */
function requireFamily(family: LabFamily | undefined, { name, addresses }: RunningPod): void {
  if (family === undefined || addressesOver(family, addresses).length === familiesIn(family).length) return;
  throw lacking(family, `the pod ${name} has ${addresses.join(' and ')} only`);
}

function lacking(family: LabFamily | undefined, why: string): CtloadError {
  return new CtloadError(`lab.family ${family}: the cluster does not have it: ${why}`, {
    hint: 'leave lab.family out, or use a cluster whose Services, pods and nodes have these addresses (kubectl get svc kubernetes -o jsonpath={.spec.ipFamilies})',
    exitCode: ExitCode.hostUnfit,
  });
}

async function nodeNamed(
  { core }: Cluster,
  name: string,
  pods: { readonly client: RunningPod; readonly backend: RunningPod },
): Promise<Pick<RunningPod, 'node' | 'nodeAddresses'>> {
  const known = Object.entries(pods).find(([role, { node }]) => role === name || node === name)?.[1];
  if (known !== undefined) return known;
  const { status } = await answered(`lab.kubernetes.target.nodePort: the node ${name}`, core.readNode({ name }));
  const nodeAddresses = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  if (nodeAddresses.length > 0) return { node: name, nodeAddresses };
  throw new CtloadError(`the node ${name} has no InternalIP to connect to`, { exitCode: ExitCode.hostUnfit });
}
