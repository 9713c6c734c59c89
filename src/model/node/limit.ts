import { type KernelDefault, type KernelInputs, kernelDefault, wholePages } from './kernel.ts';
import { type KubeProxyConntrack, kubeProxyWant, type WritePolicy, writePolicy } from './kube-proxy.ts';
import { tableBytes } from './table-memory.ts';
import type { Version } from './version.ts';

export interface NodeInputs extends KernelInputs {
  readonly cores: number;
}

export interface KubeProxyInputs {
  readonly version: Version;
  readonly conntrack: KubeProxyConntrack;
}

/** The table a node will have. */
export interface NodeLimit {
  /** nf_conntrack_max as the kernel sets it by itself, entries. */
  readonly kernelDefaultMax: number;
  /** nf_conntrack_buckets as the kernel sets it by itself. */
  readonly kernelDefaultBuckets: number;
  /** Entries kube-proxy asks for; null without kube-proxy, or when it is told to leave the limit alone. */
  readonly kubeProxyWant: number | null;
  readonly policy: WritePolicy;
  /** nf_conntrack_max in force. */
  readonly max: number;
  /** nf_conntrack_buckets in force. */
  readonly buckets: number;
  /** What a full table takes of the node's memory. */
  readonly memoryBytes: number;
  /** How it came to that, one sentence each. */
  readonly steps: readonly string[];
}

/** The limit of a node under kube-proxy, or of one without (`null`). Never fails: every input is valid by its type. */
export function nodeLimit(node: NodeInputs, kubeProxy: KubeProxyInputs | null): NodeLimit {
  const standard = kernelDefault(node);
  const first = `kernel default: nf_conntrack_max ${standard.max}, nf_conntrack_buckets ${standard.buckets}; ${standard.why}`;
  if (kubeProxy === null) return effective(node, standard, null, 'none', [first, 'no kube-proxy: it stays at that']);
  const { want, why } = kubeProxyWant(kubeProxy.conntrack, node.cores, kubeProxy.version);
  if (want === 0) return effective(node, standard, null, 'none', [first, `kube-proxy: ${why}`]);
  const rule = writePolicy(kubeProxy.version);
  return effective(node, standard, want, rule.policy, [first, `kube-proxy wants ${want}: ${why}`, rule.why]);
}

function effective(
  node: NodeInputs,
  standard: KernelDefault,
  want: number | null,
  policy: WritePolicy,
  steps: readonly string[],
): NodeLimit {
  const max = want === null ? standard.max : policy === 'exact' ? want : Math.max(standard.max, want);
  const buckets = want === null ? standard.buckets : bucketsFor(want, standard.buckets, node);
  const hashed = want === null ? [] : [hashsizeStep(want, standard.buckets, buckets)];
  return {
    kernelDefaultMax: standard.max,
    kernelDefaultBuckets: standard.buckets,
    kubeProxyWant: want,
    policy,
    max,
    buckets,
    memoryBytes: tableBytes({ max, buckets }, node.kernel),
    steps: [...steps, ...hashed, `in force: nf_conntrack_max ${max}, nf_conntrack_buckets ${buckets}`],
  };
}

/**
 * SetMax: when the hash table has less than a quarter of `want`, kube-proxy makes it a quarter. The kernel rounds up to whole
 * pages.
 */
function bucketsFor(want: number, buckets: number, { bits }: NodeInputs): number {
  const quarter = Math.floor(want / 4);
  return buckets >= quarter ? buckets : wholePages(quarter, bits);
}

function hashsizeStep(want: number, before: number, after: number): string {
  const quarter = Math.floor(want / 4);
  return after === before
    ? `kube-proxy leaves the buckets alone: ${before} is at least want ÷ 4 = ${quarter}`
    : `kube-proxy raises the buckets to want ÷ 4 = ${quarter}`;
}
