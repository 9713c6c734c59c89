import { stringify } from 'yaml';
import type { KubernetesSpec } from '../../model/input/existing/kubernetes.ts';
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

/** What a run does besides in a namespace that is not its own. */
const SHARED_NAMESPACE_RULES: readonly Rule[] = [
  { resource: 'pods', verbs: ['delete'] },
  { resource: 'services', verbs: ['delete'] },
];

/** What a run does besides to give its namespaces the Secrets that its image is pulled with. */
const SECRET_RULES: readonly Rule[] = [{ resource: 'secrets', verbs: ['get', 'create'] }];

/** What a run may do besides, by keys of `lab.kubernetes`. */
export interface Rights {
  /** allowWrites: may lower the limits of nodes. */
  readonly writes?: boolean;
  /** namespace: has its pods in one that exists. */
  readonly namespace?: boolean;
  /** imagePullSecrets: copies them. */
  readonly secrets?: boolean;
}

/** Those that a scenario needs. */
export function rightsFor({ allowWrites, namespace, imagePullSecrets }: KubernetesSpec): Rights {
  return { writes: allowWrites, namespace: namespace !== undefined, secrets: imagePullSecrets.length > 0 };
}

function rulesFor({ writes = false, namespace = false, secrets = false }: Rights): readonly Rule[] {
  return [...(writes ? WRITE_RULES : []), ...(namespace ? SHARED_NAMESPACE_RULES : []), ...(secrets ? SECRET_RULES : [])];
}

/** Flags of `ctload kubernetes rbac` for the same. */
function flagsFor({ writes = false, namespace = false, secrets = false }: Rights): string {
  return [writes ? ' --allow-writes' : '', namespace ? ' --existing-namespace' : '', secrets ? ' --pull-secrets' : ''].join('');
}

const NAME = 'ctload';

/** A ClusterRole with the rights that a run and a plan need, as YAML. */
export function roleYaml(rights: Rights = {}): string {
  const rules = [...SHARED_RULES, ...RUN_RULES, ...PLAN_RULES, ...OPTIONAL_RULES, ...rulesFor(rights)];
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

type Asked = Pick<Cluster, 'authorization' | 'context'>;

/** Of a run, or of anything else in one pod. @throws {CtloadError} exit 112 naming the rights that are missing. */
export function requireRights(cluster: Asked, rights: Rights = {}): Promise<void> {
  return requireAll(cluster, [...SHARED_RULES, ...RUN_RULES, ...rulesFor(rights)], rights);
}

/** Of a plan of a cluster. @throws {CtloadError} exit 112 naming the rights that are missing. */
export function requirePlanRights(cluster: Asked): Promise<void> {
  return requireAll(cluster, [...SHARED_RULES, ...PLAN_RULES]);
}

async function requireAll({ authorization, context }: Asked, rules: readonly Rule[], rights: Rights = {}): Promise<void> {
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
    hint: `an administrator can grant them: ctload kubernetes rbac${flagsFor(rights)} | kubectl apply -f -, and a ClusterRoleBinding to that role`,
    exitCode: ExitCode.hostUnfit,
  });
}
