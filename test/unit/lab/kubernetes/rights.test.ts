import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { requireRights, roleYaml } from '../../../../src/lab/kubernetes/rights.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';

it('prints a role without wildcards', () => {
  const role = parse(roleYaml());
  expect(role).toMatchObject({ kind: 'ClusterRole', metadata: { name: 'ctload' } });
  expect(roleYaml()).not.toContain('*');
  expect(role.rules.length).toBeGreaterThan(3);
});

it('asks for exactly what it prints, and names what is missing', async () => {
  const asked: string[] = [];
  const cluster = (allows: (right: string) => boolean) => ({
    context: 'lab',
    authorization: {
      createSelfSubjectAccessReview: async ({ body }: { body: { spec: { resourceAttributes: Record<string, string> } } }) => {
        const { verb, resource, subresource } = body.spec.resourceAttributes;
        const right = `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
        asked.push(right);
        return { status: { allowed: allows(right) } };
      },
    },
  });
  await requireRights(cluster(() => true) as never);
  const { rules } = parse(roleYaml()) as { rules: { resources: string[]; verbs: string[] }[] };
  expect(asked).toEqual(rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}`)));
  for (const right of [...asked]) {
    await expect(requireRights(cluster((one) => one !== right) as never)).rejects.toMatchObject({
      message: `the user of context lab lacks rights in the cluster: ${right}`,
      exitCode: ExitCode.hostUnfit,
    });
  }
});

it('asks for leases only where limits may be lowered', async () => {
  expect(roleYaml()).not.toContain('leases');
  expect(parse(roleYaml(true)).rules.at(-1)).toEqual({
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['create', 'list', 'delete'],
  });
});
