import { stringify } from 'yaml';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster } from './cluster.ts';

interface Rule {
  /** API group; the core API if absent. */
  readonly group?: string;
  /** `pods/exec` is the subresource exec of pods. */
  readonly resource: string;
  /** Only objects of these names; of any name if absent. */
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a run and a plan of a cluster do with the core API, in the whole cluster: their namespaces are made for each. */
const SHARED_RULES: readonly Rule[] = [
  { resource: 'namespaces', verbs: ['create', 'get', 'list', 'delete'] },
  { resource: 'nodes', verbs: ['get'] },
  { resource: 'pods', verbs: ['create', 'get', 'list'] },
  { resource: 'pods/exec', verbs: ['create', 'get'] },
];

/** What a run does besides. */
const RUN_RULES: readonly Rule[] = [{ resource: 'services', verbs: ['create'] }];

/** What a plan does besides. */
const PLAN_RULES: readonly Rule[] = [{ resource: 'nodes', verbs: ['list'] }];

/** ConfigMaps that hold kube-proxy's configuration: kubeadm's and others', and that of EKS, which has one of each name. */
export const KUBE_PROXY_MAPS = ['kube-proxy', 'kube-proxy-config'] as const;

/** What a plan can do without: it assumes kube-proxy's defaults then. */
const OPTIONAL_RULES: readonly Rule[] = [{ resource: 'configmaps', names: KUBE_PROXY_MAPS, verbs: ['get'] }];

/** What a run does besides where it lowers the limit of nodes. */
const WRITE_RULES: readonly Rule[] = [{ group: 'coordination.k8s.io', resource: 'leases', verbs: ['create', 'list', 'delete'] }];

const NAME = 'ctload';

/** A ClusterRole with the rights that a run and a plan need, as YAML. @param writes whether it may lower the limits of nodes */
export function roleYaml(writes = false): string {
  const rules = [...SHARED_RULES, ...RUN_RULES, ...PLAN_RULES, ...OPTIONAL_RULES, ...(writes ? WRITE_RULES : [])];
  return stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: NAME },
    rules: rules.map(({ group = '', resource, names, verbs }) => ({
      apiGroups: [group],
      resources: [resource],
      ...(names === undefined ? {} : { resourceNames: names }),
      verbs,
    })),
  });
}

/** Of a run, or of anything else in one pod. @throws {CtloadError} exit 112 naming the rights that are missing. */
export function requireRights(cluster: Cluster, writes = false): Promise<void> {
  return requireAll(cluster, [...SHARED_RULES, ...RUN_RULES, ...(writes ? WRITE_RULES : [])], writes);
}

/** Of a plan of a cluster. @throws {CtloadError} exit 112 naming the rights that are missing. */
export function requirePlanRights(cluster: Cluster): Promise<void> {
  return requireAll(cluster, [...SHARED_RULES, ...PLAN_RULES], false);
}

async function requireAll({ authorization, context }: Cluster, rules: readonly Rule[], writes: boolean): Promise<void> {
  const wanted = rules.flatMap(({ group = '', resource, verbs }) => verbs.map((verb) => ({ group, resource, verb })));
  const missing = await Promise.all(
    wanted.map(async ({ group, resource: full, verb }) => {
      const [resource = '', subresource] = full.split('/');
      const resourceAttributes = { group, resource, verb, ...(subresource === undefined ? {} : { subresource }) };
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
      const asked = authorization.createSelfSubjectAccessReview({ body: review });
      const { status } = await answered('cannot ask the API server for rights', asked);
      return status?.allowed === true ? [] : [`${verb} ${full}`];
    }),
  );
  if (missing.flat().length === 0) return;
  throw new CtloadError(`the user of context ${context} lacks rights in the cluster: ${missing.flat().join(', ')}`, {
    hint: `an administrator can grant them: ctload kubernetes rbac${writes ? ' --allow-writes' : ''} | kubectl apply -f -, and a ClusterRoleBinding to that role`,
    exitCode: ExitCode.hostUnfit,
  });
}
