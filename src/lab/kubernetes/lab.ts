import { statSync } from 'node:fs';
import { familyOf } from '../../model/input/address-family.ts';
import { isUrl, type KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
import { type Flood, loadSeconds } from '../../model/input/scenario.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { messageOf, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host, interruptible } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { undoBuild } from '../build.ts';
import { suppressTeardown } from '../dataplane/end-rules.ts';
import { portRange } from '../external.ts';
import { machineFacts } from '../host/machine-facts.ts';
import { describeKernel } from '../host/node-settings.ts';
import { BOOT_ID, PORTS_SYSCTL, readSysctl } from '../host/sysctls.ts';
import type { KubernetesLab, LabGateway } from '../lab.ts';
import { connectCluster } from './cluster.ts';
import { lowerLimits } from './limit/lower.ts';
import { levelOf, namesOf, namespace, readerName, readerPod } from './objects.ts';
import { pathText } from './path/path.ts';
import { checkPath } from './path/path-check.ts';
import { placePods } from './placement.ts';
import { type EnteredPod, PodStarter } from './pod-starter.ts';
import { backendPorts, listenAt, needsRules, type Reachable, rulePorts, targetsAt } from './ports.ts';
import { copySecrets, readPullSecrets } from './pull-secrets.ts';
import { requireRights, rightsFor } from './rights.ts';
import { capacityIn } from './settings.ts';
import { readCrossed } from './survey/crossed.ts';
import { deleteNamespaces, deleteWorkers, sweepCluster } from './sweep.ts';

const NAMESPACE = '/proc/self/ns/net';

/** Seconds, besides those of the load, after which pods end even if ctload was killed. */
const PATIENCE = 900;

export interface KubernetesLabOptions {
  readonly runId: string;
  readonly spec: KubernetesSpec;
  /** The load. */
  readonly floods: readonly Flood[];
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

async function build({ runId, spec, floods, log, signal }: KubernetesLabOptions, cleanup: Cleanup): Promise<KubernetesLab> {
  const cluster = await connectCluster(spec.context);
  log.info(`cluster ${cluster.context}: Kubernetes ${cluster.version} at ${cluster.server}`);
  await requireRights(cluster, rightsFor(spec));
  const swept = await sweepCluster(cluster);
  const undone = [...swept.removed, ...swept.restored];
  if (undone.length > 0) log.info(`removed what a killed run left: ${undone.join(', ')}`);

  const seconds = Math.ceil(loadSeconds(floods)) + PATIENCE;
  const names = namesOf(runId, spec);
  const ports = backendPorts(floods, typeof spec.target !== 'string' && !isUrl(spec.target));
  const starter = new PodStarter(cluster, signal, cleanup);
  const secrets = await readPullSecrets(cluster, spec);
  const run = { runId, image: spec.image, seconds, pullSecrets: spec.imagePullSecrets };
  const made = spec.namespace === undefined ? [names.namespace, names.readers] : [names.readers];
  const onAway = (why: string) => log.warn(`the API server is away (${why}): what the run has made is deleted when it is back`);
  cleanup.defer('namespaces', () => deleteNamespaces(cluster, made, onAway));
  for (const name of made) {
    const level = name === names.readers ? 'privileged' : levelOf(spec);
    await starter.namespace(namespace(name, runId, level, seconds));
    await copySecrets(cluster, name, secrets);
  }
  if (spec.namespace !== undefined) {
    const { namespace: shared } = spec;
    cleanup.defer(`pods in the namespace ${shared}`, () => deleteWorkers(cluster, shared, runId, onAway));
  }
  const { clients, backend, reachable, portNode, path } = await placePods(cluster, starter, { run, spec, ports, log });
  const beyond = backend === undefined ? '; what they cross beyond is not visible to ctload' : '';
  log.info(`connections cross the tables of ${pathText(path)}${beyond}`);
  const readers = await Promise.all(
    path.map(({ name }, index) => {
      return starter.start(names.readers, readerPod({ ...run, name: readerName(index) }, name, spec.family === 'dual'));
    }),
  );

  const [inBackend, inClients, inReaders] = await Promise.all([
    backend === undefined ? undefined : starter.enter(names.namespace, backend),
    Promise.all(clients.map((client) => starter.enter(names.namespace, client))),
    Promise.all(readers.map((reader) => starter.enter(names.readers, reader))),
  ]);
  const nodes = await readCrossed(
    cluster,
    inReaders.map(({ node, guest }) => ({ node, host: guest.host(`node ${node}`, false) })),
  );
  const { max } = spec;
  const lower = { ...run, nodes: path.map(({ name }) => name), log };
  const limits = max === undefined ? undefined : await lowerLimits(cluster, starter, cleanup, { ...lower, max });
  // The pods of a node share its clock, for which its reader speaks.
  const machines = new Map(inReaders.map(({ node, guest }) => [node, guest.machine]));
  const host = ({ guest, node }: EnteredPod, name: string): Host => {
    return { ...guest.host(name, false), machine: machines.get(node) ?? guest.machine };
  };
  const expendable = spec.onLost === 'continue' && clients.length > 1;
  const clientHosts = inClients.map((client, index) => {
    return { ...host(client, clients[index]?.role ?? ''), node: client.node, ...(expendable ? { expendable } : {}) };
  });
  const clientHost = clientHosts[0] as Host;
  const backendHost = inBackend === undefined ? undefined : host(inBackend, 'backend');
  const readerHosts = inReaders.map((reader) => ({ node: reader.node, host: host(reader, `node ${reader.node}`) }));
  const gateways = await Promise.all(readerHosts.map((reader) => gatewayOf(reader, clientHost)));
  const { sysctls, synSchedule } = await describeKernel({ client: clientHost, gateway: undefined });
  const [first] = gateways as [LabGateway];
  const placement = { backend: backend?.node, portNode };
  const isLocal = typeof spec.target !== 'string' && !isUrl(spec.target) && spec.target.externalTrafficPolicy === 'Local';
  const way = { clients: clientHosts, backend: backendHost, nodes: readerHosts, placement, isLocal };
  const families = [...new Set(reachable.map(({ at }) => familyOf(at.address)))];
  if (needsRules(ports) && backendHost !== undefined)
    await suppressTeardown({ clients: clientHosts, backend: backendHost }, { ports: rulePorts(reachable) });
  for (const family of families) {
    const { at, port } = reachable.find((one) => familyOf(one.at.address) === family) as Reachable;
    await checkPath({ ...way, from: at, port, log }, signal);
  }
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
    ...(backendHost === undefined ? {} : { backend: backendHost }),
    machines: Object.fromEntries(facts),
    targets: targetsAt(reachable, portRange(sysctls[PORTS_SYSCTL])),
    listen: listenAt(backend === undefined ? [] : ports, families.includes('ipv6') ? '::' : '0.0.0.0'),
    proxyRoutes: [],
    capacity: first.capacity,
    nodes,
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
