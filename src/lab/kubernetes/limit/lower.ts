import { count } from '../../../model/format.ts';
import type { Cleanup } from '../../../platform/cleanup.ts';
import { until } from '../../../platform/clock.ts';
import { CtloadError } from '../../../platform/errors.ts';
import { execute, hostBy } from '../../../platform/exec.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import type { Log } from '../../../platform/log.ts';
import { RemoteProcess } from '../../../platform/remote/parent-side.ts';
import { MAX_SYSCTL } from '../../host/limits.ts';
import { sysctlPath } from '../../host/sysctls.ts';
import { countEntriesOn } from '../../host/table.ts';
import type { Cluster } from '../cluster.ts';
import { startInPod } from '../exec.ts';
import { namesOf, type RunOfPod, readerName } from '../objects.ts';
import type { PodStarter } from '../pod-starter.ts';
import { type LimitLease, releaseLease, takeLease } from './lease.ts';
import type { LimitCommand, LimitReady, LimitReply } from './messages.ts';
import { limitPod } from './pods.ts';

/** Seconds for a pod to answer; beyond those after which it restores the limit by itself. */
const ANSWER_SECONDS = 10;
/** Seconds to find that it has: the API server may be away. */
const SEEN_SECONDS = 45;

export interface WatchedLimits {
  /** Resolves with the reason, never rejects, when one is not what it should be any more. */
  readonly changed: Promise<string>;
}

interface Wish extends RunOfPod {
  /** In the order of their readers. */
  readonly nodes: readonly string[];
  readonly max: number;
  readonly log: Pick<Log, 'info'>;
}

/**
 * Lowers nf_conntrack_max of nodes until `cleanup`, by a pod on each that restores it whatever becomes of ctload.
 * @throws {CtloadError} exit 112 when a node's limit cannot be written, is lower already, or another run has lowered it.
 */
export async function lowerLimits(cluster: Cluster, starter: PodStarter, cleanup: Cleanup, wish: Wish): Promise<WatchedLimits> {
  const { runId, image, seconds, pullSecrets = [], nodes, max, log } = wish;
  const { readers: namespace } = namesOf(runId);
  const changed: Promise<string>[] = [];
  for (const [index, node] of nodes.entries()) {
    const pod = `limit-${index}`;
    const placed = await starter.start(namespace, limitPod({ runId, image, seconds, pullSecrets, name: pod }, node));
    const { guest } = await starter.enter(namespace, placed, 'alone');
    const holder = new RemoteProcess<LimitCommand, LimitReply, LimitReady>(guest.host(`node ${node}`, false), 'limit', ['hold']);
    const { max: before, refused } = await holder.ready();
    const entries = await countEntriesOn(guest.host(`node ${node}`, false));
    const low = before < max ? `it is ${count(before)} already, less than ${count(max)}` : undefined;
    const full = 2 * entries > max ? `its table holds ${count(entries)} entries, more than half of ${count(max)}` : undefined;
    const why = refused ?? low ?? full;
    if (why !== undefined) throw unfit(`nf_conntrack_max of node ${node} cannot be lowered: ${why}`);
    const lease = await takeLease(cluster, { runId, node, image, before, during: max, seconds });
    cleanup.defer(`limit of node ${node}`, async () => {
      const reply = await holder.ask({ type: 'restore' }, ANSWER_SECONDS);
      if (reply?.type !== 'restored' || reply.max === max)
        await requireRestored(cluster, { namespace, pod: readerName(index) }, lease);
      await releaseLease(cluster, lease);
    });
    const reply = await holder.ask({ type: 'lower', before, during: max }, ANSWER_SECONDS);
    if (reply?.type !== 'lowered') {
      throw unfit(
        `nf_conntrack_max of node ${node} cannot be lowered: ${reply?.type === 'failed' ? reply.message : 'no answer'}`,
      );
    }
    log.info(`nf_conntrack_max of node ${node}: ${count(before)} → ${count(max)} until the run ends`);
    changed.push(
      new Promise((resolve) => {
        holder.listen((message) => {
          if (message.type === 'changed') resolve(`another process changed nf_conntrack_max of node ${node} to ${message.max}`);
        });
        void holder.lost.then((sentence) => resolve(`${sentence}: the limit of node ${node} is restored`));
      }),
    );
  }
  return { changed: Promise.race(changed) };
}

/** The pod is gone, or has not answered: it restores the limit by itself, which the node's reader can see. */
async function requireRestored(
  cluster: Cluster,
  pod: { readonly namespace: string; readonly pod: string },
  { node, during }: LimitLease,
): Promise<void> {
  const children: Awaited<ReturnType<typeof startInPod>>[] = [];
  const restored = async (): Promise<boolean> => {
    const child = await startInPod(cluster, pod, ['cat', sysctlPath(MAX_SYSCTL)]);
    children.push(child);
    const max = Number(await execute(['cat'], { host: hostBy('', () => child) }).catch(() => Number.NaN));
    return Number.isFinite(max) && max !== during;
  };
  if (await until(restored, SEEN_SECONDS, 0.5)) return;
  throw new CtloadError(`it is not known whether nf_conntrack_max of node ${node} is restored`, {
    hint: 'ctload clean looks at it again, and restores it',
    exitCode: ExitCode.teardown,
  });
}

function unfit(message: string): CtloadError {
  return new CtloadError(message, {
    hint: "only a node in its machine's own network namespace can write it; leave out lab.kubernetes.max to try the limit in force",
    exitCode: ExitCode.hostUnfit,
  });
}
