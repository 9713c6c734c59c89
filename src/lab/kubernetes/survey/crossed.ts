import type { CrossedReading } from '../../../model/result/plan/node-reading.ts';
import type { Host } from '../../../platform/exec.ts';
import { answered, type Cluster } from '../cluster.ts';
import { nodeFacts, readProxyMap } from './facts.ts';
import { askProxy } from './own-proxy.ts';
import { readHost } from './tables.ts';

/** Reads nodes by their readers, before anything is changed there. @throws {CtloadError} exit 100 with what the API server said. */
export async function readCrossed(
  cluster: Cluster,
  readers: readonly { readonly node: string; readonly host: Host }[],
): Promise<CrossedReading[]> {
  const proxyMap = await readProxyMap(cluster);
  return Promise.all(
    readers.map(async ({ node: name, host }) => {
      const [node, own, table] = await Promise.all([
        answered(`the node ${name}`, cluster.core.readNode({ name })),
        askProxy(host),
        readHost(host),
      ]);
      return { node: nodeFacts(node, []), own, table, proxyMap };
    }),
  );
}
