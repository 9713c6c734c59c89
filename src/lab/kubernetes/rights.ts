import { stringify } from 'yaml';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { answered, type Cluster } from './cluster.ts';

interface Rule {
  /** API group; the core API if absent. */
  readonly group?: string;
  /** `pods/exec` is the subresource exec of pods. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** What the driver does with the core API, in the whole cluster: its namespaces are made for each run. */
const RULES: readonly Rule[] = [
  { resource: 'namespaces', verbs: ['create', 'get', 'list', 'delete'] },
  { resource: 'nodes', verbs: ['get'] },
  { resource: 'pods', verbs: ['create', 'get', 'list'] },
  { resource: 'pods/exec', verbs: ['create', 'get'] },
  { resource: 'services', verbs: ['create'] },
];

/** What it does besides where a run lowers the limit of nodes. */
const WRITE_RULES: readonly Rule[] = [{ group: 'coordination.k8s.io', resource: 'leases', verbs: ['create', 'list', 'delete'] }];

const NAME = 'ctload';

function rulesFor(writes: boolean): readonly Rule[] {
  return writes ? [...RULES, ...WRITE_RULES] : RULES;
}

/** A ClusterRole with the rights that a run needs, as YAML. @param writes whether it may lower the limits of nodes */
export function roleYaml(writes = false): string {
  return stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: NAME },
    rules: rulesFor(writes).map(({ group = '', resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs })),
  });
}

/** @throws {CtloadError} exit 112 naming the rights that are missing. */
export async function requireRights({ authorization, context }: Cluster, writes = false): Promise<void> {
  const wanted = rulesFor(writes).flatMap(({ group = '', resource, verbs }) => verbs.map((verb) => ({ group, resource, verb })));
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
