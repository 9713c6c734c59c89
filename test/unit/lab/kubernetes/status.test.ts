import { expect, it } from 'vitest';
import { checkRights } from '../../../../src/lab/kubernetes/status.ts';

/** A cluster whose user has all rights but one. */
function lacking(right: string) {
  const createSelfSubjectAccessReview = async ({ body }: { body: { spec: { resourceAttributes: Record<string, string> } } }) => {
    const { verb, resource } = body.spec.resourceAttributes;
    return { status: { allowed: `${verb} ${resource}` !== right } };
  };
  return { context: 'lab', authorization: { createSelfSubjectAccessReview } } as never;
}

it('tells the rights of a run, which have to be there, from those of a plan', async () => {
  expect(await checkRights(lacking(''))).toMatchObject({ ok: true, detail: 'all of: ctload kubernetes rbac' });
  const planless = await checkRights(lacking('list nodes'));
  expect(planless).toMatchObject({ ok: true, detail: expect.stringMatching(/all that a run needs.*plan.*: list nodes$/) });
  expect(await checkRights(lacking('create services'))).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/create services$/),
  });
});
