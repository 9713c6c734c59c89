import { Cleanup } from '../../platform/cleanup.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../platform/errors.ts';
import { type Host, interruptible } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { connectCluster } from './cluster.ts';
import { namesOf, namespace, writerPod } from './objects.ts';
import { PodStarter } from './pod-starter.ts';
import { notReady } from './pods.ts';
import { requireRights } from './rights.ts';
import { deleteNamespaces, sweepCluster } from './sweep.ts';

/** Seconds after the work is due to be over, after which the kubelet ends the pod even if ctload was killed. */
const PATIENCE = 120;

export interface NodeTableOptions {
  readonly runId: string;
  readonly node: string;
  /** Name in the kubeconfig; undefined: the current one. */
  readonly context: string | undefined;
  readonly image: string;
  /** Seconds that it is for. */
  readonly seconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A pod in the network namespace of a node, which may change the node's table and nothing else. Disposing deletes it. */
export interface NodeTable extends AsyncDisposable {
  readonly host: Host;
}

/**
 * Enters a node of a cluster.
 * @throws {CtloadError} exit 112 when the cluster has no such node, lacks something, or refuses the pod; 105 when `signal` ended it.
 *   Whatever had been made is deleted by then.
 */
export async function enterNodeTable(options: NodeTableOptions): Promise<NodeTable> {
  const cleanup = new Cleanup();
  try {
    const host = await interruptible(options.signal, () => enter(options, cleanup));
    return { host, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
  } catch (error) {
    await cleanup[Symbol.asyncDispose]().catch((left) => options.log.warn(messageOf(left)));
    throwIfAborted(options.signal);
    throw error;
  }
}

async function enter(options: NodeTableOptions, cleanup: Cleanup): Promise<Host> {
  const { runId, node, context, image, log, signal } = options;
  const cluster = await connectCluster(context);
  await requireRights(cluster);
  const unready = await notReady(cluster, node);
  if (unready !== undefined) throw new CtloadError(unready, { exitCode: ExitCode.hostUnfit });
  const swept = await sweepCluster(cluster);
  if (swept.removed.length > 0) log.info(`removed what a killed run left: ${swept.removed.join(', ')}`);
  const seconds = Math.ceil(options.seconds) + PATIENCE;
  const { readers: name } = namesOf(runId);
  const starter = new PodStarter(cluster, signal, cleanup);
  cleanup.defer('namespace', () => deleteNamespaces(cluster, [name]));
  await starter.namespace(namespace(name, runId, 'privileged', seconds));
  const pod = await starter.start(name, writerPod({ runId, image, seconds, name: 'writer' }, node));
  const { guest } = await starter.enter(name, pod);
  log.info(`cluster ${cluster.context}: in the network namespace of node ${node}`);
  return guest.host(`node ${node}`, false);
}
