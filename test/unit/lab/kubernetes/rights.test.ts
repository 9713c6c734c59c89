import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { requirePlanRights, requireRights, roleYaml } from '../../../../src/lab/kubernetes/rights.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';

it('prints a role without wildcards', () => {
  const role = parse(roleYaml());
  expect(role).toMatchObject({ kind: 'ClusterRole', metadata: { name: 'ctload' } });
  expect(roleYaml()).not.toContain('*');
  expect(role.rules.length).toBeGreaterThan(3);
});

const ASKERS = { run: requireRights, plan: requirePlanRights };
/** What a plan of a cluster can do without. */
const OPTIONAL = ['get configmaps'];

/** A cluster whose user has only the rights that `allows` is true for; `asked` are those that were asked for. */
function clusterOf(allows: (right: string) => boolean) {
  const asked: string[] = [];
  const authorization = {
    createSelfSubjectAccessReview: async ({ body }: { body: { spec: { resourceAttributes: Record<string, string> } } }) => {
      const { verb, resource, subresource } = body.spec.resourceAttributes;
      const right = `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
      asked.push(right);
      return { status: { allowed: allows(right) } };
    },
  };
  return { asked, cluster: { context: 'lab', authorization } as never };
}

it('prints what a run and a plan of a cluster ask for, and nothing else but what is optional', async () => {
  const { asked, cluster } = clusterOf(() => true);
  await requireRights(cluster);
  await requirePlanRights(cluster);
  const { rules } = parse(roleYaml()) as { rules: { resources: string[]; verbs: string[] }[] };
  const printed = rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}`));
  expect([...new Set([...asked, ...OPTIONAL])].sort()).toEqual(printed.sort());
});

it.each(Object.entries(ASKERS))('a %s names what is missing', async (_, requireAll) => {
  const { asked, cluster } = clusterOf(() => true);
  await requireAll(cluster);
  for (const right of asked) {
    await expect(requireAll(clusterOf((one) => one !== right).cluster)).rejects.toMatchObject({
      message: `the user of context lab lacks rights in the cluster: ${right}`,
      exitCode: ExitCode.hostUnfit,
    });
  }
});

it('asks for leases only where limits may be lowered', async () => {
  expect(roleYaml()).not.toContain('leases');
  expect(parse(roleYaml({ writes: true })).rules.at(-1)).toEqual({
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['create', 'list', 'delete'],
  });
});

it.each([
  [{ namespace: true }, ['delete pods', 'delete services'], '--existing-namespace'],
  [{ secrets: true }, ['get secrets', 'create secrets'], '--pull-secrets'],
])('asks for what keys of the scenario need, and prints that: %o', async (rights, wanted, flag) => {
  const { asked, cluster } = clusterOf(() => true);
  await requireRights(cluster, rights);
  expect(asked).toEqual(expect.arrayContaining(wanted));
  const { rules } = parse(roleYaml(rights)) as { rules: { resources: string[]; verbs: string[] }[] };
  const printed = rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}`));
  expect(printed).toEqual(expect.arrayContaining(wanted));
  await expect(requireRights(clusterOf(() => false).cluster, rights)).rejects.toMatchObject({
    hint: expect.stringContaining(flag),
  });
});
