import type { V1Container, V1Node, V1Pod } from '@kubernetes/client-node';
import { parseQuantity } from '../../../model/quantity.ts';
import type { NodeFacts, ProxyMap } from '../../../model/result/plan/node-reading.ts';
import { answered, type Cluster, reasonOf, statusOf } from '../cluster.ts';
import { unreadyText } from '../pods.ts';
import { KUBE_PROXY_MAPS } from '../rights.ts';

const NAMESPACE = 'kube-system';

export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  /** Names of nodes that do not run Linux. */
  readonly others: readonly string[];
  readonly proxyMap: ProxyMap;
}

/** What is to be known of a cluster's nodes without anything made there. @throws {CtloadError} exit 100 with what the API server said. */
export async function readFacts(cluster: Cluster): Promise<ClusterFacts> {
  const { core } = cluster;
  const [{ items: nodes }, { items: pods }, proxyMap] = await Promise.all([
    answered('the nodes', core.listNode()),
    answered(`the pods in ${NAMESPACE}`, core.listNamespacedPod({ namespace: NAMESPACE })),
    readProxyMap(cluster),
  ]);
  const linux = nodes.filter(isLinux);
  return {
    nodes: linux.map((node) => nodeFacts(node, pods)),
    others: nodes.filter((node) => !isLinux(node)).map(nameOf),
    proxyMap,
  };
}

function isLinux({ status }: V1Node): boolean {
  return (status?.nodeInfo?.operatingSystem ?? 'linux') === 'linux';
}

function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? '';
}

/** A node, with kube-proxy's pod there among `pods`. */
export function nodeFacts(node: V1Node, pods: readonly V1Pod[]): NodeFacts {
  const { capacity = {}, nodeInfo } = node.status ?? {};
  const cores = Number(capacity['cpu']);
  const here = pods.filter(({ spec, status }) => spec?.nodeName === nameOf(node) && status?.phase === 'Running');
  const [proxy] = here.flatMap(({ spec }) => spec?.containers ?? []).filter(isProxy);
  return {
    name: nameOf(node),
    cores: Number.isInteger(cores) && cores > 0 ? cores : undefined,
    memTotalBytes: parseQuantity(capacity['memory'] ?? ''),
    kernel: nodeInfo?.kernelVersion ?? '',
    architecture: nodeInfo?.architecture ?? '',
    kubelet: nodeInfo?.kubeletVersion ?? '',
    unready: unreadyText(node),
    proxy: proxy && { image: proxy.image ?? '', words: wordsOf(proxy) },
  };
}

function wordsOf({ command = [], args = [] }: V1Container): string[] {
  return [...command, ...args];
}

/** By its image, or by the program that it starts: distributions have images of several programs. */
function isProxy(container: V1Container): boolean {
  return /\/kube-proxy\b/.test(container.image ?? '') || /(^|[\s/])kube-proxy(\s|$)/.test(wordsOf(container).join(' '));
}

/** kube-proxy's configuration as the cluster has it. Never fails: it may be anywhere else. */
export async function readProxyMap({ core }: Pick<Cluster, 'core'>): Promise<ProxyMap> {
  const whys: string[] = [];
  for (const name of KUBE_PROXY_MAPS) {
    try {
      const { data = {} } = await core.readNamespacedConfigMap({ namespace: NAMESPACE, name });
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data });
      if (text.includes('KubeProxyConfiguration')) return { name, text };
      whys.push(`the ConfigMap ${NAMESPACE}/${name} does not contain it`);
    } catch (error) {
      const missing = statusOf(error) === 404;
      whys.push(
        missing ? `there is no ConfigMap ${NAMESPACE}/${name}` : `the ConfigMap ${NAMESPACE}/${name}: ${reasonOf(error)}`,
      );
    }
  }
  return { why: whys.join(', ') };
}
