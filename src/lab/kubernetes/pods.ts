import type { V1ContainerStateWaiting, V1Node, V1Pod } from '@kubernetes/client-node';
import { delay, monotonic } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster, reasonOf, statusOf } from './cluster.ts';

/** Seconds for a pod to run, its image included. */
const RUNNING = 180;
/** Seconds for the scheduler to change its mind: other pods may be on their way out. */
const SCHEDULED = 10;
/** Seconds for the controller to make the account of a new namespace, without which there are no pods. */
const ACCOUNT = 15;
const POLL = 0.2; // seconds

/** What a container waits for that does not come by itself. */
const HOPELESS = /^(ErrImage|ImagePull|InvalidImage|CreateContainer|RunContainer|CrashLoop)/;

/** @throws {CtloadError} exit 112 with what the API server said: quota, Pod Security, a limit that is no quantity. */
export async function createPod({ core }: Cluster, namespace: string, body: V1Pod, signal: AbortSignal): Promise<void> {
  const deadline = monotonic() + ACCOUNT;
  for (;;) {
    try {
      await core.createNamespacedPod({ namespace, body });
      return;
    } catch (cause) {
      const early = statusOf(cause) === 403 && reasonOf(cause).includes('serviceaccount');
      if (!early || monotonic() > deadline) throw unfit(`cannot make the pod ${body.metadata?.name}: ${reasonOf(cause)}`);
      await delay(POLL);
      throwIfAborted(signal);
    }
  }
}

/** Waits until a pod runs, and says where. @throws {CtloadError} exit 112 with the reason for which it does not. */
export async function running(cluster: Cluster, namespace: string, name: string, signal: AbortSignal): Promise<RunningPod> {
  const started = monotonic();
  for (;;) {
    throwIfAborted(signal);
    const pod = await answered(`the pod ${name}`, cluster.core.readNamespacedPod({ namespace, name }));
    const { podIP: address, hostIP: nodeAddress, podIPs = [], hostIPs = [] } = pod.status ?? {};
    const node = pod.spec?.nodeName;
    if (pod.status?.phase === 'Running' && address !== undefined && node !== undefined && nodeAddress !== undefined) {
      return {
        name,
        uid: pod.metadata?.uid ?? '',
        addresses: distinct([address, ...podIPs.map(({ ip }) => ip)]),
        node,
        nodeAddresses: distinct([nodeAddress, ...hostIPs.map(({ ip }) => ip)]),
      };
    }
    const waited = monotonic() - started;
    const why = obstacle(pod, waited);
    if (why !== undefined) throw unfit(`the pod ${name} does not run: ${why}`);
    if (waited > RUNNING) throw unfit(`the pod ${name} does not run after ${RUNNING} s: ${await slowness(cluster, pod)}`);
    await delay(POLL);
  }
}

function distinct(addresses: readonly (string | undefined)[]): string[] {
  return [...new Set(addresses)].filter((address) => address !== undefined);
}

export interface RunningPod {
  readonly name: string;
  readonly uid: string;
  /** One of each family that the cluster gives pods, its first family first. */
  readonly addresses: readonly string[];
  readonly node: string;
  readonly nodeAddresses: readonly string[];
}

/** Why a pod will not run; undefined while it still may. @param waited seconds since it was made */
export function obstacle({ status }: Pick<V1Pod, 'status'>, waited: number): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && waited > SCHEDULED) return `the scheduler says: ${scheduled.message ?? scheduled.reason}`;
  const waiting = waitingOf(status);
  if (waiting?.reason !== undefined && HOPELESS.test(waiting.reason)) return describe(waiting);
  if (status?.phase !== 'Failed' && status?.phase !== 'Succeeded') return undefined;
  const ended = status.containerStatuses?.[0]?.state?.terminated;
  return status.message ?? status.reason ?? ended?.message ?? `it ended with exit code ${ended?.exitCode}`;
}

function waitingOf(status: V1Pod['status']): V1ContainerStateWaiting | undefined {
  return status?.containerStatuses?.[0]?.state?.waiting;
}

function describe({ reason, message }: V1ContainerStateWaiting): string {
  return message === undefined ? `${reason}` : `${reason}: ${message}`;
}

async function slowness(cluster: Cluster, pod: V1Pod): Promise<string> {
  const node = pod.spec?.nodeName;
  const unready = node === undefined ? undefined : await notReady(cluster, node);
  const waiting = waitingOf(pod.status);
  return unready ?? (waiting === undefined ? 'nothing is known of its containers' : describe(waiting));
}

/** Why a node is not ready, in its own words; undefined when it is. */
export async function notReady({ core }: Cluster, name: string): Promise<string | undefined> {
  return unreadyText(await answered(`the node ${name}`, core.readNode({ name })));
}

/** The same of a node that has been read. */
export function unreadyText({ metadata, status }: Pick<V1Node, 'metadata' | 'status'>): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return undefined;
  return `the node ${metadata?.name} is not ready: ${ready?.message ?? 'it has not said why'}`;
}

function unfit(message: string): CtloadError {
  return new CtloadError(message, {
    hint: 'the same is in: kubectl describe pod; placement and limits are under lab.kubernetes',
    exitCode: ExitCode.hostUnfit,
  });
}
