import type { V1Pod } from '@kubernetes/client-node';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster } from './cluster.ts';
import { RUN_LABEL } from './labels.ts';
import { notReady } from './pods.ts';

const MOST_NAMED = 5;

/**
 * How many pods of other people a node runs. A full table makes every connection of a node fail, so none is loaded that has any.
 * @throws {CtloadError} exit 112 naming them, unless `allowShared`; and when the node is not ready.
 */
export async function othersOn(
  cluster: Cluster,
  node: string,
  { runId, allowShared }: { readonly runId: string; readonly allowShared: boolean },
): Promise<number> {
  const unready = await notReady(cluster, node);
  if (unready !== undefined) throw new CtloadError(unready, { exitCode: ExitCode.hostUnfit });
  const listed = cluster.core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` });
  const { items } = await answered(`the pods of node ${node}`, listed);
  const others = items.filter((pod) => isOthers(pod, runId)).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  if (others.length === 0 || allowShared) return others.length;
  const named = others.slice(0, MOST_NAMED).join(', ');
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : '';
  throw new CtloadError(`the node ${node} runs pods of others, whose connections a full table would break: ${named}${more}`, {
    hint: 'choose a node of its own with lab.kubernetes.clients.nodeSelector, or allow it: --set lab.kubernetes.allowSharedNodes=true',
    exitCode: ExitCode.hostUnfit,
  });
}

/** Whether a pod is one that somebody put there: not this run's, not on every node by a DaemonSet, not the node's own, not ended. */
export function isOthers({ metadata, status }: Pick<V1Pod, 'metadata' | 'status'>, runId: string): boolean {
  if (metadata?.labels?.[RUN_LABEL] === runId) return false;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  return !(metadata?.ownerReferences ?? []).some(({ kind }) => kind === 'DaemonSet' || kind === 'Node');
}
