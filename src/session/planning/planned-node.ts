import type { Bits } from '../../model/node/kernel.ts';
import type { KubeProxyFields } from '../../model/node/kube-proxy-fields.ts';
import type { KubeProxyInputs, NodeInputs, NodeLimit } from '../../model/node/limit.ts';
import type { Version } from '../../model/node/version.ts';
import type { PlanNode } from '../../model/result/plan/plan.ts';
import type { KubeProxyFile } from '../../sizing/kube-proxy/kube-proxy-file.ts';
import type { SysctlSettings } from '../../sizing/sysctl.ts';

/** The node of a plan as flags name it. */
export interface NodeFlags {
  readonly cores?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly memTotalBytes?: number | undefined;
  readonly kernel?: Version | undefined;
  readonly bits: Bits;
  readonly hashsize?: number | undefined;
  /** `none`: the node runs no kube-proxy. */
  readonly kubeProxyVersion?: Version | 'none' | undefined;
  /** What --kube-proxy-config names. */
  readonly kubeProxyFile?: KubeProxyFile | undefined;
  /** What --sysctl sets. */
  readonly sysctl: SysctlSettings;
  readonly instanceTypes: readonly string[];
  readonly here: boolean;
}

/** One node of a plan with its limit. */
export interface PlannedNode {
  readonly node: PlanNode;
  readonly limit: NodeLimit;
  /** What the limit was computed from; null when it was read or given. */
  readonly inputs: NodeInputs | null;
  readonly kubeProxy: KubeProxyInputs | null;
  /** kube-proxy's fields as given, for the rules of other releases. */
  readonly kubeProxyFields: KubeProxyFields;
  /** Seconds by short name, where sysctl or kube-proxy changes the kernel's. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Those of --sysctl that kube-proxy leaves unchanged: they override a scenario's. */
  readonly setTimeouts: Readonly<Record<string, number>>;
  readonly kernel: Version;
  /** What is assumed, one sentence each. */
  readonly assumptions: readonly string[];
}
