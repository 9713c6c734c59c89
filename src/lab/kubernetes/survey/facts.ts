import type { V1Container, V1Node, V1Pod } from '@kubernetes/client-node';
import { parseQuantity } from '../../../model/quantity.ts';
import { answered, type Cluster, reasonOf, statusOf } from '../cluster.ts';
import { unreadyText } from '../pods.ts';
import { KUBE_PROXY_MAPS } from '../rights.ts';

const NAMESPACE = 'kube-system';

/** The container of kube-proxy on a node. */
export interface ProxyContainer {
  readonly image: string;
  /** Its command line. */
  readonly words: readonly string[];
}

/** One Linux node as the API server knows it. */
export interface NodeFacts {
  readonly name: string;
  readonly cores: number | undefined;
  /** MemTotal, which the kubelet reports, in bytes. */
  readonly memTotalBytes: number | undefined;
  /** Release, e.g. `6.1.0-18-amd64`. */
  readonly kernel: string;
  /** As Go calls it, e.g. `amd64`. */
  readonly architecture: string;
  /** Release, e.g. `v1.36.3` or `v1.33.1+k3s1`. */
  readonly kubelet: string;
  /** Why it is not ready, in its own words; undefined when it is. */
  readonly unready: string | undefined;
  /** Undefined where no pod of kube-proxy runs: it may be a process of its own, part of another, or not there. */
  readonly proxy: ProxyContainer | undefined;
}

/** A ConfigMap with kube-proxy's configuration as text, or why there is none. */
export type ProxyMap = { readonly name: string; readonly text: string } | { readonly why: string };

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

async function readProxyMap({ core }: Cluster): Promise<ProxyMap> {
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
