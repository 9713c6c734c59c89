import type { NodeTableReading } from '../../../model/result/plan/cluster-plan.ts';
import { CtloadError } from '../../../platform/errors.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import type { Log } from '../../../platform/log.ts';
import { type Cluster, connectCluster } from '../cluster.ts';
import { requirePlanRights } from '../rights.ts';
import { type ClusterFacts, readFacts } from './facts.ts';
import { readTables } from './tables.ts';

export interface SurveyOptions {
  readonly runId: string;
  /** Name in the kubeconfig. */
  readonly context: string;
  /** Of the pods that read. */
  readonly image: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A cluster of which nothing has been read on its nodes yet. */
export interface ClusterSurvey extends ClusterFacts, Pick<Cluster, 'context' | 'server' | 'version'> {
  /** Reads the table of every node that is ready, as readTables: figures, or why there are none. */
  read(): Promise<ReadonlyMap<string, NodeTableReading | string>>;
}

/**
 * Finds the nodes of a cluster.
 * @throws {CtloadError} exit 112 when it cannot be reached, a right is missing, or it has no Linux node; 100 with what the API server said.
 */
export async function surveyCluster({ context, log, ...options }: SurveyOptions): Promise<ClusterSurvey> {
  const cluster = await connectCluster(context);
  log.info(`cluster ${cluster.context}: Kubernetes ${cluster.version} at ${cluster.server}`);
  await requirePlanRights(cluster);
  const facts = await readFacts(cluster);
  if (facts.nodes.length === 0) {
    throw new CtloadError(`the cluster ${cluster.context} has no Linux node`, { exitCode: ExitCode.hostUnfit });
  }
  return {
    ...facts,
    context: cluster.context,
    server: cluster.server,
    version: cluster.version,
    read: async () => {
      const unready = facts.nodes.flatMap((node) => (node.unready === undefined ? [] : [[node.name, node.unready] as const]));
      const nodes = facts.nodes.filter((node) => node.unready === undefined).map(({ name }) => name);
      log.info(`reading the tables of ${nodes.length} of ${facts.nodes.length} nodes`);
      return new Map([...unready, ...(await readTables(cluster, { ...options, nodes, log }))]);
    },
  };
}
