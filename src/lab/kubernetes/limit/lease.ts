import type { V1Lease } from '@kubernetes/client-node';
import { CtloadError } from '../../../platform/errors.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import { answered, type Cluster, insist, reasonOf, statusOf, unlessGone } from '../cluster.ts';
import { isOrphan, ownAnnotations, RUN_LABEL, runLabels } from '../labels.ts';
import type { Lowered } from './messages.ts';

/** Every cluster has it, for leases that are about nodes. */
const NAMESPACE = 'kube-node-lease';
const NODE = 'ctload.node';
const BEFORE = 'ctload.before';
const DURING = 'ctload.during';
const IMAGE = 'ctload.image';

/** A node's limit that a run has lowered. */
export interface LimitLease extends Lowered {
  readonly name: string;
  readonly node: string;
  /** Image of a pod that can restore it. */
  readonly image: string;
}

type Wish = Omit<LimitLease, 'name'> & { readonly runId: string; readonly seconds: number };

/**
 * Takes the lease of a node, before anything is written there: by it `clean`, or the next run, restores the limit whatever happens.
 * @throws {CtloadError} exit 112 when another run has it, or the API server refuses it.
 */
export async function takeLease(
  { coordination }: Cluster,
  { runId, node, image, before, during, seconds }: Wish,
): Promise<LimitLease> {
  const name = `ctload-${node}`;
  const annotations = { [NODE]: node, [BEFORE]: String(before), [DURING]: String(during), [IMAGE]: image };
  const body: V1Lease = {
    metadata: { name, labels: runLabels(runId), annotations: { ...ownAnnotations(seconds), ...annotations } },
    spec: { holderIdentity: runId, leaseDurationSeconds: seconds },
  };
  try {
    await coordination.createNamespacedLease({ namespace: NAMESPACE, body });
  } catch (cause) {
    const taken = statusOf(cause) === 409;
    throw new CtloadError(
      taken ? `another run has lowered the limit of node ${node}` : `cannot take the lease of node ${node}: ${reasonOf(cause)}`,
      {
        hint: taken ? 'wait for it to end; if it was killed: ctload clean' : 'see ctload kubernetes rbac --allow-writes',
        exitCode: ExitCode.hostUnfit,
        cause,
      },
    );
  }
  return { name, node, image, before, during };
}

/** Seconds that the API server may be away. */
const RELEASED = 45;

/** Only once the limit is restored. */
export async function releaseLease({ coordination }: Cluster, { name }: Pick<LimitLease, 'name'>): Promise<void> {
  await insist(() => unlessGone(coordination.deleteNamespacedLease({ namespace: NAMESPACE, name })), { seconds: RELEASED });
}

/** Leases of runs that are gone. None where the user has no right to see any: then there are none of this user's. */
export async function orphanedLeases({ coordination }: Cluster): Promise<LimitLease[]> {
  const listed = coordination.listNamespacedLease({ namespace: NAMESPACE, labelSelector: RUN_LABEL });
  const { items } = await listed.catch(async (error) => {
    return statusOf(error) === 403 ? { items: [] } : answered('the leases of nodes', Promise.reject(error));
  });
  return items.flatMap(({ metadata }): LimitLease[] => {
    const { name = '', annotations = {} } = metadata ?? {};
    if (!isOrphan(annotations)) return [];
    const { [NODE]: node = '', [BEFORE]: before, [DURING]: during, [IMAGE]: image = '' } = annotations;
    return [{ name, node, image, before: Number(before), during: Number(during) }];
  });
}
