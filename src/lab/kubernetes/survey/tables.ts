import { TIMEOUT_NAMES, timeoutSysctl } from '../../../model/input/timeouts.ts';
import type { NodeTableReading } from '../../../model/result/plan/cluster-plan.ts';
import { Cleanup } from '../../../platform/cleanup.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../../platform/errors.ts';
import { type Host, interruptible } from '../../../platform/exec.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import type { Log } from '../../../platform/log.ts';
import { undoBuild } from '../../build.ts';
import { BUCKETS_SYSCTL, MAX_SYSCTL } from '../../host/limits.ts';
import { machineFacts } from '../../host/machine-facts.ts';
import { readSysctls } from '../../host/sysctls.ts';
import type { Cluster } from '../cluster.ts';
import { namesOf, namespace, readerName, readerPod } from '../objects.ts';
import { PodStarter } from '../pod-starter.ts';
import { deleteNamespaces, sweepCluster } from '../sweep.ts';

const COUNT_SYSCTL = 'net.netfilter.nf_conntrack_count';
/** Nodes that are read at the same time: the API server carries each reader's connection. */
const AT_ONCE = 8;
/** Seconds that a pod may take to run and to be read; after as many for each turn the kubelet ends it even if ctload was killed. */
const TURN = 240;

export interface ReadTablesOptions {
  readonly runId: string;
  /** Names of nodes that are ready. */
  readonly nodes: readonly string[];
  readonly image: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Reads the table of every node by a pod there, without any right that reading does not need. A node that cannot be read has the reason
 * in place of its figures. All pods are gone when this returns, or throws.
 * @throws {CtloadError} exit 100 when the namespace cannot be made, 101 naming what is left, 105 when `signal` ended it.
 */
export async function readTables(
  cluster: Cluster,
  options: ReadTablesOptions,
): Promise<ReadonlyMap<string, NodeTableReading | string>> {
  const { log, signal } = options;
  const cleanup = new Cleanup();
  let read: ReadonlyMap<string, NodeTableReading | string>;
  try {
    read = await interruptible(signal, () => readAll(cluster, options, cleanup));
  } catch (error) {
    await cleanup[Symbol.asyncDispose]().catch((left) => log.warn(messageOf(left)));
    throwIfAborted(signal);
    throw error;
  }
  await undoBuild(cleanup);
  throwIfAborted(signal);
  return read;
}

async function readAll(
  cluster: Cluster,
  { runId, nodes, image, log, signal }: ReadTablesOptions,
  cleanup: Cleanup,
): Promise<ReadonlyMap<string, NodeTableReading | string>> {
  throwIfAborted(signal);
  const swept = await sweepCluster(cluster);
  const undone = [...swept.removed, ...swept.restored];
  if (undone.length > 0) log.info(`removed what a killed run left: ${undone.join(', ')}`);
  const found = new Map<string, NodeTableReading | string>();
  if (nodes.length === 0) return found;
  const seconds = TURN * (1 + Math.ceil(nodes.length / AT_ONCE));
  const { readers: name } = namesOf(runId);
  cleanup.defer('namespace', () => deleteNamespaces(cluster, [name]));
  await new PodStarter(cluster, signal, cleanup).namespace(namespace(name, runId, 'privileged', seconds));
  const left = [...nodes.entries()];
  const readNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift()) {
      const [index, node] = next;
      const wish = { runId, image, seconds, name: readerName(index) };
      found.set(node, await readOne(cluster, name, readerPod(wish, node), signal).catch(messageOf));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  throwIfAborted(signal);
  return found;
}

/** Its connection is closed again, because a large cluster has many; the pod goes with the namespace. */
async function readOne(
  cluster: Cluster,
  namespaceName: string,
  body: ReturnType<typeof readerPod>,
  signal: AbortSignal,
): Promise<NodeTableReading> {
  await using connection = new Cleanup();
  const starter = new PodStarter(cluster, signal, connection);
  const pod = await starter.start(namespaceName, body);
  const { guest } = await starter.enter(namespaceName, pod);
  return await readHost(guest.host(`node ${pod.node}`, false)); // before the connection is closed
}

/** What a process in the network namespace of a node reads. @throws {CtloadError} exit 112 when the node has no conntrack. */
export async function readHost(host: Host): Promise<NodeTableReading> {
  const names = TIMEOUT_NAMES.map((name) => [name, timeoutSysctl(name) ?? ''] as const);
  const [sysctls, machine] = await Promise.all([
    readSysctls(host, [MAX_SYSCTL, BUCKETS_SYSCTL, COUNT_SYSCTL, ...names.map(([, sysctl]) => sysctl)]),
    machineFacts(host),
  ]);
  const [max, buckets, entries] = [MAX_SYSCTL, BUCKETS_SYSCTL, COUNT_SYSCTL].map((name) => Number(sysctls[name] ?? Number.NaN));
  if (!isCount(max) || !isCount(buckets) || !isCount(entries)) {
    throw new CtloadError('it has no nf_conntrack', { exitCode: ExitCode.hostUnfit });
  }
  const timeouts = names.flatMap(([name, sysctl]) => (sysctls[sysctl] === undefined ? [] : [[name, Number(sysctls[sysctl])]]));
  return {
    max,
    buckets,
    entries,
    timeouts: Object.fromEntries(timeouts),
    cores: machine.cpus,
    memTotalBytes: machine.memoryBytes,
    kernel: machine.kernel,
  };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
