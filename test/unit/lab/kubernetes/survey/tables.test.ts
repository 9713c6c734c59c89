import { expect, it } from 'vitest';
import { readTables } from '../../../../../src/lab/kubernetes/survey/tables.ts';
import { ExitCode } from '../../../../../src/platform/exit-codes.ts';

const LOG = { info: () => {}, warn: (text: string) => expect.fail(text) } as never;

/** A cluster in which no pod ever runs: nodes called `full` refuse it, on others it waits. */
function clusterOf(onPod = () => {}) {
  const namespaces = new Set<string>();
  const nodeOf = new Map<string, string>();
  const core = {
    listNamespace: async () => ({ items: [] }),
    listPodForAllNamespaces: async () => ({ items: [] }),
    createNamespace: async ({ body }: { body: { metadata: { name: string } } }) => void namespaces.add(body.metadata.name),
    deleteNamespace: async ({ name }: { name: string }) => void namespaces.delete(name),
    readNamespace: async ({ name }: { name: string }) => {
      if (!namespaces.has(name)) throw Object.assign(new Error('gone'), { code: 404 });
    },
    createNamespacedPod: async ({ body }: { body: { metadata: { name: string }; spec: { nodeName: string } } }) => {
      nodeOf.set(body.metadata.name, body.spec.nodeName);
      onPod();
    },
    readNamespacedPod: async ({ name }: { name: string }) =>
      nodeOf.get(name)?.startsWith('full')
        ? { status: { phase: 'Failed', message: 'Node didn’t have enough cpu' } }
        : { status: {} },
  };
  const coordination = { listNamespacedLease: async () => ({ items: [] }) };
  return { namespaces, nodeOf, cluster: { core, coordination } as never };
}

it('lists a node on which the pod cannot run with the reason, and leaves nothing', async () => {
  const { cluster, namespaces, nodeOf } = clusterOf(() => expect([...namespaces]).toEqual(['ctload-plan-1-reader']));
  const nodes = Array.from({ length: 20 }, (_, index) => `full-${index}`);
  const { signal } = new AbortController();
  const read = await readTables(cluster, { runId: 'plan-1', nodes, image: 'lab', log: LOG, signal });
  expect([...read.keys()].sort()).toEqual([...nodes].sort());
  expect([...nodeOf.values()].sort()).toEqual([...nodes].sort());
  expect(read.get('full-3')).toBe('the pod reader-3 does not run: Node didn’t have enough cpu');
  expect([...namespaces]).toEqual([]);
});

it('leaves nothing when it is interrupted', async () => {
  const stop = new AbortController();
  const { cluster, namespaces } = clusterOf(() => stop.abort());
  const reading = readTables(cluster, { runId: 'plan-1', nodes: ['a', 'b'], image: 'lab', log: LOG, signal: stop.signal });
  await expect(reading).rejects.toMatchObject({ exitCode: ExitCode.aborted });
  expect([...namespaces]).toEqual([]);
});

it('makes nothing where no node is ready', async () => {
  const { cluster, nodeOf } = clusterOf();
  const { signal } = new AbortController();
  expect((await readTables(cluster, { runId: 'plan-1', nodes: [], image: 'lab', log: LOG, signal })).size).toBe(0);
  expect(nodeOf.size).toBe(0);
});
