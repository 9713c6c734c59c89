import type { Scenario } from '../../model/input/scenario.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import type { KubeProxyInputs, NodeInputs } from '../../model/node/limit.ts';
import { tableBytes } from '../../model/node/table-memory.ts';
import { formatVersion, type Version } from '../../model/node/version.ts';
import type { PlanNode } from '../../model/result/plan/plan.ts';
import type { SysctlSettings } from '../../sizing/sysctl.ts';
import type { NodeFlags, PlannedNode } from './planned-node.ts';

/** The limits among sysctl settings. */
export function limitsIn({ max, buckets }: SysctlSettings): NonNullable<NodeInputs['sysctl']> {
  return { ...(max === undefined ? {} : { max }), ...(buckets === undefined ? {} : { buckets }) };
}

/** The table of a scenario; --sysctl overrides it. */
export function ofScenario({ name, gateway }: Scenario, flags: NodeFlags): PlannedNode {
  const { max, buckets } = gateway.conntrack;
  const table = { max, buckets: buckets === 'auto' ? max : buckets, ...limitsIn(flags.sysctl) };
  const steps = [`given by the scenario: nf_conntrack_max ${max}, nf_conntrack_buckets ${buckets === 'auto' ? max : buckets}`];
  return ofTable(`scenario ${name}`, table, flags, {
    steps: [...steps, ...(Object.keys(limitsIn(flags.sysctl)).length === 0 ? [] : [`with --sysctl: ${inWords(table)}`])],
    assumptions: ['using the scenario’s table; name a node to see its real limit'],
  });
}

/** What a kernel since 5.15 has with more than 4 GiB. */
const USUAL_BUCKETS = 262_144;

/** A node of which only the limit is known. */
export function ofSysctl(max: number, flags: NodeFlags): PlannedNode {
  const { buckets } = flags.sysctl;
  const table = { max, buckets: buckets ?? USUAL_BUCKETS };
  return ofTable('a node with the limit of --sysctl', table, flags, {
    steps: [`set by sysctl: ${inWords(table)}`],
    assumptions: [
      'no node specified: the limit is taken as given, although some releases of kube-proxy would overwrite it; add --cores N --memory 8Gi',
      ...(buckets === undefined
        ? [`${USUAL_BUCKETS} buckets, as the kernel has above 4 GiB; change with --sysctl net.netfilter.nf_conntrack_buckets=N`]
        : []),
    ],
  });
}

function inWords({ max, buckets }: { readonly max: number; readonly buckets: number }): string {
  return `nf_conntrack_max ${max}, nf_conntrack_buckets ${buckets}`;
}

/** A node of which only the table is known. */
function ofTable(
  source: string,
  table: { readonly max: number; readonly buckets: number },
  flags: NodeFlags,
  texts: { readonly steps: readonly string[]; readonly assumptions: readonly string[] },
): PlannedNode {
  const kernel = flags.kernel ?? ASSUMED_KERNEL;
  const unknown = { instanceType: null, cores: null, memoryBytes: null, memTotalBytes: null, kernel: null, kubeProxy: null };
  return {
    node: nodeFacts({ source, ...unknown }),
    limit: {
      kernelDefaultMax: table.max,
      kernelDefaultBuckets: table.buckets,
      kubeProxyWant: null,
      policy: 'none',
      ...table,
      memoryBytes: tableBytes(table, kernel),
      steps: texts.steps,
    },
    inputs: null,
    kubeProxy: null,
    kubeProxyFields: {},
    timeouts: flags.sysctl.timeouts,
    setTimeouts: flags.sysctl.timeouts,
    kernel,
    assumptions: texts.assumptions,
  };
}

export function nodeFacts(
  facts: Omit<PlanNode, 'kernel' | 'kubeProxyVersion'> & {
    readonly kernel: Version | null;
    readonly kubeProxy: KubeProxyInputs | null;
  },
): PlanNode {
  const { kernel, kubeProxy, ...rest } = facts;
  return {
    ...rest,
    kernel: kernel === null ? null : formatVersion(kernel),
    kubeProxyVersion: kubeProxy === null ? null : formatVersion(kubeProxy.version),
  };
}
