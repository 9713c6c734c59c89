import type { KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { messageOf, throwIfAborted } from '../../platform/errors.ts';
import { type Host, interruptible } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { undoBuild } from '../build.ts';
import { portRange } from '../external.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { describeKernel } from '../host/node-settings.ts';
import { PORTS_SYSCTL } from '../host/sysctls.ts';
import type { KubernetesLab } from '../lab.ts';
import { connectCluster } from './cluster.ts';
import { endpointsOf } from './endpoints.ts';
import { othersOn } from './node.ts';
import { backendPod, clientPod, namesOf, namespace, PORTS, readerPod } from './objects.ts';
import { checkPath } from './path-check.ts';
import { type EnteredPod, PodStarter } from './pod-starter.ts';
import { requireRights } from './rights.ts';
import { capacityIn, targetsAt } from './settings.ts';
import { deleteNamespaces, sweepCluster } from './sweep.ts';

/** Seconds, besides those of the load, after which pods end even if ctload was killed. */
const PATIENCE = 900;

export interface KubernetesLabOptions {
  readonly runId: string;
  readonly spec: KubernetesSpec;
  /** Seconds that the load lasts. */
  readonly loadSeconds: number;
  readonly log: Log;
  /** Stops building the lab. */
  readonly signal: AbortSignal;
}

/**
 * Builds a lab of pods in two namespaces of its own. Nothing on a node is written.
 * @throws {CtloadError} exit 112 when the cluster lacks something, or refuses a pod; 105 when `signal` ended it. Whatever had been
 *   made is deleted by then.
 */
export async function createKubernetesLab(options: KubernetesLabOptions): Promise<KubernetesLab> {
  const cleanup = new Cleanup();
  try {
    return await interruptible(options.signal, () => build(options, cleanup));
  } catch (error) {
    await cleanup[Symbol.asyncDispose]().catch((left) => options.log.warn(messageOf(left)));
    throwIfAborted(options.signal);
    throw error;
  }
}

async function build({ runId, spec, loadSeconds, log, signal }: KubernetesLabOptions, cleanup: Cleanup): Promise<KubernetesLab> {
  const cluster = await connectCluster(spec.context);
  log.info(`cluster ${cluster.context}: Kubernetes ${cluster.version} at ${cluster.server}`);
  await requireRights(cluster);
  const swept = await sweepCluster(cluster);
  if (swept.removed.length > 0) log.info(`removed what a killed run left: ${swept.removed.join(', ')}`);

  const seconds = Math.ceil(loadSeconds) + PATIENCE;
  const names = namesOf(runId);
  const pods = new PodStarter(cluster, signal, cleanup);
  cleanup.defer('namespaces', () => deleteNamespaces(cluster, [names.namespace, names.readers]));
  await pods.namespace(namespace(names.namespace, runId, 'restricted', seconds));
  await pods.namespace(namespace(names.readers, runId, 'privileged', seconds));
  const wish = { runId, image: spec.image, seconds };
  const requireNode = async (node: string) => {
    const others = await othersOn(cluster, node, { runId, allowShared: spec.allowSharedNodes });
    if (others > 0) log.warn(`the node ${node} runs ${others} pods of others, which a full table affects`);
  };

  const client = await pods.start(names.namespace, clientPod(spec, wish));
  await requireNode(client.node);
  const backend = await pods.start(names.namespace, backendPod(spec, wish));
  const http = await endpointsOf(cluster, { runId, target: spec.target, client, backend });
  const apart = backend.node !== client.node;
  if (apart) await requireNode(backend.node);
  const readers = await Promise.all(
    [client, ...(apart ? [backend] : [])].map(({ node }, index) =>
      pods.start(names.readers, readerPod({ ...wish, name: `reader-${index}` }, node)),
    ),
  );
  log.info(
    `client on node ${client.node}, backend on ${backend.node}; whose table is read: ${readers.map(({ node }) => node).join(', ')}`,
  );

  const [inClient, inBackend, ...inReaders] = await Promise.all([
    pods.enter(names.namespace, names.client, client),
    pods.enter(names.namespace, names.backend, backend),
    ...readers.map((reader, index) => pods.enter(names.readers, `reader-${index}`, reader)),
  ]);
  // The pods of a node share its clock.
  const machineOf = (node: string) => (node === client.node ? inClient : inBackend).guest.machine;
  const host = ({ guest, node }: EnteredPod, name: string): Host => ({ ...guest.host(name, false), machine: machineOf(node) });
  const clientHost = host(inClient, 'client');
  const backendHost = host(inBackend, 'backend');
  const [gateway, other] = inReaders.map((reader) => host(reader, `node ${reader.node}`)) as [Host, Host?];
  const { sysctls, synSchedule } = await describeKernel({ client: clientHost, gateway });
  const capacity = capacityIn(sysctls, client.node);
  const nodes = { [client.node]: gateway, ...(other === undefined ? {} : { [backend.node]: other }) };
  const from = http[0] as Endpoint;
  await checkPath({ client: clientHost, backend: backendHost, nodes, from, port: PORTS[0] as number }, signal);
  const facts = Object.entries(nodes).map(async ([node, at]) => [node, await machineFacts(at)] as const);
  return {
    driver: 'kubernetes',
    rootless: false,
    client: clientHost,
    gateway,
    backend: backendHost,
    ...(other === undefined ? {} : { machine: other }),
    machines: Object.fromEntries(await Promise.all(facts)),
    targets: targetsAt(http, portRange(sysctls[PORTS_SYSCTL])),
    listen: { http: PORTS.map((listened) => ({ address: '0.0.0.0', port: listened })), stale: [], udp: [] },
    proxyRoutes: [],
    capacity,
    gatewayNetns: 0,
    sysctls,
    synSchedule,
    clock: {
      read: () => inClient.guest.clock.read(),
      set: async () => {
        if (apart) await inBackend.guest.clock.set();
        return inClient.guest.clock.set();
      },
    },
    capacityLost: Promise.race([inClient, inBackend, ...inReaders].map(({ guest }) => guest.lost)),
    [Symbol.asyncDispose]: () => undoBuild(cleanup),
  };
}
