import { ApiException } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { orphanedLeases, releaseLease, takeLease } from '../../../../../src/lab/kubernetes/limit/lease.ts';
import { ExitCode } from '../../../../../src/platform/exit-codes.ts';

const WISH = { runId: 'abc', node: 'node-a', image: 'x:1', before: 262_144, during: 1000, seconds: -1 };

/** An API server that keeps leases. */
function keeper() {
  const leases = new Map<string, unknown>();
  const coordination = {
    createNamespacedLease: async ({ body }: { body: { metadata: { name: string } } }) => {
      if (leases.has(body.metadata.name)) throw new ApiException(409, 'Conflict', {}, {});
      leases.set(body.metadata.name, body);
    },
    listNamespacedLease: async () => ({ items: [...leases.values()] }),
    deleteNamespacedLease: async ({ name }: { name: string }) => void leases.delete(name),
  };
  return { coordination } as never;
}

it('keeps what has to be restored, until it is', async () => {
  const cluster = keeper();
  const lease = await takeLease(cluster, WISH);
  await expect(takeLease(cluster, { ...WISH, runId: 'other' })).rejects.toMatchObject({
    message: 'another run has lowered the limit of node node-a',
    exitCode: ExitCode.hostUnfit,
  });
  expect(await orphanedLeases(cluster)).toEqual([lease]);
  expect(lease).toEqual({ name: 'ctload-node-a', node: 'node-a', image: 'x:1', before: 262_144, during: 1000 });
  await releaseLease(cluster, lease);
  expect(await orphanedLeases(cluster)).toEqual([]);
});

it('leaves the leases of runs that are alive, and finds none where it may not look', async () => {
  const cluster = keeper();
  await takeLease(cluster, { ...WISH, seconds: 60 });
  expect(await orphanedLeases(cluster)).toEqual([]);
  const refused = { listNamespacedLease: () => Promise.reject(new ApiException(403, 'Forbidden', {}, {})) };
  expect(await orphanedLeases({ coordination: refused } as never)).toEqual([]);
});
