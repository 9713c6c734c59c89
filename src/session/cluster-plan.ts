import type { ClusterSurvey } from '../lab/kubernetes/survey/survey.ts';
import { parseVersion } from '../model/node/version.ts';
import type { ClusterPlan, NodeTableReading } from '../model/result/plan/cluster-plan.ts';
import type { NodeFacts } from '../model/result/plan/node-reading.ts';
import { VERSION } from '../platform/version.ts';
import { clusterNodes, type SurveyedNode } from '../sizing/cluster/nodes.ts';
import { type MadePlan, makePlan, type PlanRequest } from './plan.ts';
import { type FoundProxy, proxyOn } from './planning/cluster-proxy.ts';
import type { NodeFlags } from './planning/planned-node.ts';

/** A plan for every node of a cluster: the nodes are what the cluster has. */
export interface ClusterPlanRequest extends Omit<PlanRequest, 'node' | 'table'> {
  readonly node: Pick<NodeFlags, 'kubeProxyVersion' | 'kubeProxyFile' | 'sysctl'>;
}

/**
 * Computes the limit of every node, reads it there, and compares both.
 * @throws {CtloadError} exit 2 for flags that contradict each other, before anything is made in the cluster; else as survey.read.
 */
export async function makeClusterPlan(survey: ClusterSurvey, request: ClusterPlanRequest): Promise<ClusterPlan> {
  const planned = planAll(survey, request);
  const read = await survey.read();
  const made = planned.flatMap(({ plan }) => plan ?? []);
  const traffic = made[0]?.plan.traffic ?? [];
  return {
    schema: 'ctload/cluster-plan@1',
    version: VERSION,
    createdAt: request.createdAt.toISOString(),
    command: request.command,
    context: survey.context,
    server: survey.server,
    kubernetes: survey.version,
    assumptions: [...assumptionsOf(planned), ...readAssumptions(traffic.length > 0, request.replicas)],
    headroom: request.headroom,
    traffic,
    nodes: clusterNodes(
      planned.map((one) => surveyed(one, read.get(one.node.name) ?? 'it was not read')),
      request.timeouts,
    ),
    leftOut: survey.others,
  };
}

interface PlannedClusterNode {
  readonly node: NodeFacts;
  readonly proxy: FoundProxy;
  /** Undefined where the Node object lacks cores or memory. */
  readonly plan: MadePlan | undefined;
}

/** Nodes that are alike are planned once: most of a cluster's are. */
function planAll({ nodes, proxyMap }: ClusterSurvey, request: ClusterPlanRequest): PlannedClusterNode[] {
  const made = new Map<string, MadePlan>();
  return nodes.map((node) => {
    const proxy = proxyOn(node, proxyMap, request.node);
    const { cores, memTotalBytes } = node;
    if (cores === undefined || memTotalBytes === undefined) return { node, proxy, plan: undefined };
    const flags: NodeFlags = {
      cores,
      memTotalBytes,
      kernel: parseVersion(node.kernel),
      bits: ['arm', '386'].includes(node.architecture) ? 32 : 64,
      kubeProxyVersion: proxy.kubeProxyVersion,
      kubeProxyFile: proxy.kubeProxyFile,
      sysctl: request.node.sysctl,
      instanceTypes: [],
      here: false,
    };
    const key = JSON.stringify(flags);
    const plan = made.get(key) ?? makePlan({ ...request, node: flags, table: undefined });
    made.set(key, plan);
    return { node, proxy, plan };
  });
}

function surveyed({ node, proxy, plan }: PlannedClusterNode, read: NodeTableReading | string): SurveyedNode {
  const { versionFrom, configFrom } = proxy;
  return {
    name: node.name,
    cores: node.cores ?? null,
    memTotalBytes: node.memTotalBytes ?? null,
    kernel: node.kernel,
    kubeProxy: { version: plan?.plan.node.kubeProxyVersion ?? null, versionFrom, configFrom },
    computed: plan === undefined ? null : { limit: plan.plan.limit, readings: plan.plan.readings, setting: plan.setting },
    read,
  };
}

const MOST_NAMED = 5;

/** Each once; with the names of the nodes where it is not said of all. */
function assumptionsOf(planned: readonly PlannedClusterNode[]): string[] {
  const nodesOf = new Map<string, string[]>();
  for (const { node, proxy, plan } of planned) {
    const lacking = plan === undefined ? ['the Node object lacks cores or memory, so no limit is computed'] : [];
    for (const note of [...proxy.notes, ...(plan?.plan.assumptions ?? []), ...lacking]) {
      nodesOf.set(note, [...(nodesOf.get(note) ?? []), node.name]);
    }
  }
  return [...nodesOf].map(([note, names]) => {
    if (names.length === planned.length) return note;
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return `${names.slice(0, MOST_NAMED).join(', ')}${more}: ${note}`;
  });
}

function readAssumptions(hasLoad: boolean, replicas: number): string[] {
  const part = replicas === 1 ? 'the whole load' : 'its share of the load';
  return [
    'limit, buckets and entries are those of the moment at which each node was read',
    ...(hasLoad ? [`every node carries ${part}, on top of the entries that it had then, with the timeouts that it has`] : []),
  ];
}
