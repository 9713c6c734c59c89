import { type KernelDefault, type KernelInputs, kernelDefault, wholePages } from './kernel.ts';
import {
  alwaysHashes,
  type KubeProxyConntrack,
  kubeProxyWant,
  type SysctlWriter,
  type WritePolicy,
  writePolicy,
} from './kube-proxy.ts';
import { tableBytes } from './table-memory.ts';
import type { Version } from './version.ts';

export interface NodeInputs extends KernelInputs {
  readonly cores: number;
  /** What the node's sysctl settings make of the kernel's default, before kube-proxy starts. */
  readonly sysctl?: { readonly max?: number; readonly buckets?: number };
}

export interface KubeProxyInputs {
  readonly version: Version;
  readonly conntrack: KubeProxyConntrack;
  /** Absent: kube-proxy itself. */
  readonly writer?: SysctlWriter;
}

/** The table a node will have. */
export interface NodeLimit {
  /** nf_conntrack_max as the kernel sets it by itself, entries. */
  readonly kernelDefaultMax: number;
  /** nf_conntrack_buckets as the kernel sets it by itself. */
  readonly kernelDefaultBuckets: number;
  /** Entries kube-proxy asks for; null without kube-proxy, or when it is configured to leave the limit alone. */
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
  const before = withSysctl(node, standard);
  const first = [
    `kernel default: nf_conntrack_max ${standard.max}, nf_conntrack_buckets ${standard.buckets}; ${standard.why}`,
    ...sysctlSteps(node),
  ];
  const limit = (inForce: Table, more: Pick<NodeLimit, 'kubeProxyWant' | 'policy' | 'steps'>): NodeLimit => ({
    kernelDefaultMax: standard.max,
    kernelDefaultBuckets: standard.buckets,
    ...more,
    ...inForce,
    memoryBytes: tableBytes(inForce, node.kernel),
    steps: [...first, ...more.steps, `in force: nf_conntrack_max ${inForce.max}, nf_conntrack_buckets ${inForce.buckets}`],
  });
  const untouched = (step: string) => limit(before, { kubeProxyWant: null, policy: 'none', steps: [step] });
  if (kubeProxy === null) return untouched('no kube-proxy: it stays at that');
  const { version, conntrack, writer = 'kube-proxy' } = kubeProxy;
  const { want, why } = kubeProxyWant(conntrack, node.cores, version, writer);
  if (want === 0) return untouched(`kube-proxy: ${why}`);
  const rule = writePolicy(version, writer);
  const max = rule.policy === 'exact' ? want : Math.max(before.max, want);
  const hashed = writer === 'k3s' ? keptByK3s(before) : hashSize(want, before, node, version);
  return limit(
    { max, buckets: hashed.buckets },
    {
      kubeProxyWant: want,
      policy: rule.policy,
      steps: [`${writer} wants ${want}: ${why}`, rule.why, ...overwritten(node, max), hashed.step],
    },
  );
}

interface Table {
  readonly max: number;
  readonly buckets: number;
}

/** Writing nf_conntrack_buckets leaves nf_conntrack_max as it is (nf_conntrack_hash_sysctl). */
function withSysctl({ sysctl = {}, bits }: NodeInputs, { max, buckets }: KernelDefault): Table {
  return { max: sysctl.max ?? max, buckets: sysctl.buckets === undefined ? buckets : wholePages(sysctl.buckets, bits) };
}

function sysctlSteps({ sysctl = {} }: NodeInputs): string[] {
  const set = [
    ...(sysctl.max === undefined ? [] : [`nf_conntrack_max ${sysctl.max}`]),
    ...(sysctl.buckets === undefined ? [] : [`nf_conntrack_buckets ${sysctl.buckets}`]),
  ];
  return set.length === 0 ? [] : [`set by sysctl: ${set.join(', ')}`];
}

function overwritten({ sysctl = {} }: NodeInputs, max: number): string[] {
  return sysctl.max === undefined || sysctl.max === max
    ? []
    : [`so the nf_conntrack_max ${sysctl.max} set by sysctl is overwritten with ${max} when it starts`];
}

function keptByK3s({ buckets }: Table): { buckets: number; step: string } {
  return { buckets, step: `nothing changes the buckets: ${buckets}` };
}

/**
 * SetMax: when the hash table has less than a quarter of `want`, kube-proxy makes it a quarter, whether or not it wrote the
 * limit; releases before 1.7 always. The kernel rounds up to whole pages.
 */
function hashSize(want: number, { buckets }: Table, { bits }: NodeInputs, version: Version): { buckets: number; step: string } {
  const quarter = Math.floor(want / 4);
  if (!alwaysHashes(version) && buckets >= quarter) {
    return { buckets, step: `kube-proxy leaves the buckets unchanged: ${buckets} is at least want ÷ 4 = ${quarter}` };
  }
  const what = buckets >= quarter ? 'kube-proxy before 1.7 always sets' : 'kube-proxy raises';
  return { buckets: wholePages(quarter, bits), step: `${what} the buckets to want ÷ 4 = ${quarter}` };
}
