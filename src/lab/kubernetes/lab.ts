import { statSync } from 'node:fs';
import type { KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { messageOf, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host, interruptible } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { undoBuild } from '../build.ts';
import { portRange } from '../external.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { describeKernel } from '../host/node-settings.ts';
import { BOOT_ID, PORTS_SYSCTL, readSysctl } from '../host/sysctls.ts';
import type { KubernetesLab, LabGateway } from '../lab.ts';
import { connectCluster } from './cluster.ts';
import { lowerLimits } from './limit/lower.ts';
import { namesOf, namespace, PORTS, readerName, readerPod } from './objects.ts';
import { pathText } from './path.ts';
import { checkPath } from './path-check.ts';
import { placePods } from './placement.ts';
import { type EnteredPod, PodStarter } from './pod-starter.ts';
import { requireRights } from './rights.ts';
import { capacityIn, targetsAt } from './settings.ts';
import { deleteNamespaces, sweepCluster } from './sweep.ts';

const NAMESPACE = '/proc/self/ns/net';

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
 * Builds a lab of pods in two namespaces of its own. Nothing on a node is written but what the scenario allows.
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
  await requireRights(cluster, spec.allowWrites);
  const swept = await sweepCluster(cluster);
  const undone = [...swept.removed, ...swept.restored];
  if (undone.length > 0) log.info(`removed what a killed run left: ${undone.join(', ')}`);

  const seconds = Math.ceil(loadSeconds) + PATIENCE;
  const names = namesOf(runId);
  const starter = new PodStarter(cluster, signal, cleanup);
  cleanup.defer('namespaces', () => deleteNamespaces(cluster, [names.namespace, names.readers]));
  await starter.namespace(namespace(names.namespace, runId, 'restricted', seconds));
  await starter.namespace(namespace(names.readers, runId, 'privileged', seconds));
  const { clients, backend, endpoints, portNode, path } = await placePods(cluster, starter, {
    runId,
    image: spec.image,
    seconds,
    spec,
    log,
  });
  log.info(`connections cross the tables of ${pathText(path)}`);
  const readers = await Promise.all(
    path.map(({ name }, index) =>
      starter.start(names.readers, readerPod({ runId, image: spec.image, seconds, name: readerName(index) }, name)),
    ),
  );

  const [inBackend, inClients, inReaders] = await Promise.all([
    starter.enter(names.namespace, names.backend, backend),
    Promise.all(clients.map((client) => starter.enter(names.namespace, client.name, client))),
    Promise.all(readers.map((reader, index) => starter.enter(names.readers, readerName(index), reader))),
  ]);
  const { max } = spec;
  const lower = { runId, image: spec.image, seconds, nodes: path.map(({ name }) => name), log };
  const limits = max === undefined ? undefined : await lowerLimits(cluster, starter, cleanup, { ...lower, max });
  // The pods of a node share its clock, for which its reader speaks.
  const machines = new Map(inReaders.map(({ node, guest }) => [node, guest.machine]));
  const host = ({ guest, node }: EnteredPod, name: string): Host => {
    return { ...guest.host(name, false), machine: machines.get(node) ?? guest.machine };
  };
  const expendable = spec.onLost === 'continue' && clients.length > 1;
  const clientHosts = inClients.map((client, index) => {
    return { ...host(client, clients[index]?.name ?? ''), node: client.node, ...(expendable ? { expendable } : {}) };
  });
  const clientHost = clientHosts[0] as Host;
  const backendHost = host(inBackend, 'backend');
  const readerHosts = inReaders.map((reader) => ({ node: reader.node, host: host(reader, `node ${reader.node}`) }));
  const gateways = await Promise.all(readerHosts.map((reader) => gatewayOf(reader, clientHost)));
  const { sysctls, synSchedule } = await describeKernel({ client: clientHost, gateway: undefined });
  const [first] = gateways as [LabGateway];
  const placement = { backend: backend.node, portNode };
  const way = { clients: clientHosts, backend: backendHost, nodes: readerHosts, placement };
  await checkPath({ ...way, from: endpoints[0] as Endpoint, port: PORTS[0] as number, log }, signal);
  const facts = await Promise.all(readerHosts.map(async ({ node, host: at }) => [node, await machineFacts(at)] as const));
  const own = facts.filter(([, { bootId }]) => bootId === readSysctl(BOOT_ID)).map(([node]) => node);
  const here = gateways.some(({ netns, name }) => netns === statSync(NAMESPACE).ino && own.includes(name));
  return {
    driver: 'kubernetes',
    rootless: false,
    client: clientHost,
    ...(clientHosts.length > 1 ? { clients: clientHosts } : {}),
    gateway: first.host,
    ...(gateways.length > 1 ? { gateways } : {}),
    backend: backendHost,
    machines: Object.fromEntries(facts),
    targets: targetsAt(endpoints, portRange(sysctls[PORTS_SYSCTL])),
    listen: { http: PORTS.map((listened) => ({ address: '0.0.0.0', port: listened })), stale: [], udp: [] },
    proxyRoutes: [],
    capacity: first.capacity,
    gatewayNetns: first.netns,
    separateNetns: { client: true, host: !here },
    sysctls: { ...first.sysctls, ...sysctls },
    synSchedule,
    clocks: inReaders.map(({ guest }) => ({ ...guest.clock, machine: guest.machine })),
    capacityLost: limits?.changed ?? new Promise(() => {}),
    [Symbol.asyncDispose]: () => undoBuild(cleanup),
  };
}

async function gatewayOf({ node, host }: { readonly node: string; readonly host: Host }, client: Host): Promise<LabGateway> {
  const [{ sysctls }, netns] = await Promise.all([
    describeKernel({ client, gateway: host }),
    execute(['stat', '-L', '-c', '%i', NAMESPACE], { host }),
  ]);
  return {
    name: node,
    host,
    capacity: capacityIn(sysctls, node),
    netns: Number(netns),
    sysctls: Object.fromEntries(Object.entries(sysctls).filter(([name]) => name.startsWith('net.netfilter.nf_conntrack_'))),
    isClient: false,
  };
}
