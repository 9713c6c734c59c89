import { count } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { CrossedNode } from '../../model/timeline/nodes.ts';

/** The nodes of a cluster that the load crossed: kube-proxy, and whether their limit is the one to be expected; nothing elsewhere. */
export function nodeLines({ nodes = [] }: Pick<Summary, 'nodes'>): [label: string, text: string][] {
  return nodes.map((node, index) => [index === 0 ? 'Nodes' : '', `${node.name} ${limitText(node)}; ${proxyText(node)}`]);
}

function limitText({ max, computedMax, differences }: CrossedNode): string {
  if (differences.length > 0) return differences.join('; ');
  if (computedMax === null) return `has nf_conntrack_max ${count(max)}, and the Node object lacks what it should have`;
  return `has nf_conntrack_max ${count(max)}, as kernel and kube-proxy compute it`;
}

function proxyText({ kubeProxy, proxyUnread }: CrossedNode): string {
  if (kubeProxy === null) return proxyUnread ?? 'nothing is known of kube-proxy';
  const { version, mode, conntrack, from } = kubeProxy;
  const fields = Object.entries(conntrack).map(([name, value]) => `${name} ${value}`);
  const configured = fields.length === 0 ? 'without conntrack fields' : `with ${fields.join(', ')}`;
  const named = ['kube-proxy', ...(version === null ? [] : [version]), ...(mode === null ? [] : [`(${mode})`])].join(' ');
  return `${named} ${configured}${from === 'ConfigMap' ? ', by its ConfigMap' : ''}`;
}
