import { cpus, release, totalmem } from 'node:os';
import { limitsWithoutLease } from '../../lab/lease/journal.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import { EC2_CATALOGUE_DATE } from '../../model/node/ec2-catalogue.ts';
import { instanceType, unknownInstanceType } from '../../model/node/instance-types.ts';
import { ASSUMED_KERNEL, type Bits } from '../../model/node/kernel.ts';
import { ASSUMED_KUBE_PROXY, KUBE_PROXY_DEFAULTS, type KubeProxyConntrack } from '../../model/node/kube-proxy.ts';
import { type KubeProxyInputs, type NodeInputs, type NodeLimit, nodeLimit } from '../../model/node/limit.ts';
import { estimateMemTotal, isNearClass } from '../../model/node/memory.ts';
import { tableBytes } from '../../model/node/table-memory.ts';
import { formatVersion, parseVersion, type Version } from '../../model/node/version.ts';
import { formatBytes } from '../../model/quantity.ts';
import type { PlanNode } from '../../model/result/plan.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';

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
  /** From --kube-proxy-config. */
  readonly kubeProxyConntrack?: KubeProxyConntrack | undefined;
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
  readonly kernel: Version;
  /** What was taken for granted, one sentence each. */
  readonly assumptions: readonly string[];
}

/**
 * The nodes that flags name, or else the table of the scenario.
 * @throws {CtloadError} exit 2 when they name none, or contradict each other; 112 when this machine has no conntrack.
 */
export function plannedNodes(flags: NodeFlags, scenario: Scenario | undefined): readonly [PlannedNode, ...PlannedNode[]] {
  const sources = [flags.instanceTypes.length > 0, flags.here, flags.cores !== undefined || flags.memoryBytes !== undefined];
  if (sources.filter(Boolean).length > 1) {
    throw usage('--instance-type, --here and --cores with --memory exclude each other', 'name the node in one way');
  }
  const [first, ...others] = flags.instanceTypes;
  if (first !== undefined) return [ofType(first, flags), ...others.map((name) => ofType(name, flags))];
  if (flags.here) return [ofThisMachine(flags)];
  if (flags.cores !== undefined || flags.memoryBytes !== undefined || flags.memTotalBytes !== undefined) return [ofFlags(flags)];
  if (scenario !== undefined) return [ofScenario(scenario, flags)];
  throw usage(
    'which node? nothing says what it is',
    'give --instance-type m5.large, --cores 2 --memory 8Gi, --here, or a scenario',
  );
}

function ofType(name: string, flags: NodeFlags): PlannedNode {
  const type = instanceType(name);
  if (type === undefined)
    throw usage(
      unknownInstanceType(name),
      `ctload knows the EC2 types of ${EC2_CATALOGUE_DATE}; any other node: --cores N --memory 8Gi`,
    );
  const nitro = type.nitro ? [NITRO] : [];
  const planned = computed(`EC2 ${type.name}`, type.name, { cores: type.cores, memoryBytes: type.memoryBytes }, flags);
  const source = `cores and memory of ${type.name} as AWS had it on ${EC2_CATALOGUE_DATE}`;
  return { ...planned, assumptions: [source, ...planned.assumptions, ...nitro] };
}

const NITRO =
  'AWS Nitro tracks the flows of a security group in a table of its own, which the kernel does not see: its size is not published; read what is left with ethtool -S (conntrack_allowance_available, ENA driver ≥ 2.8.1). Nothing here is about it.';

function ofFlags(flags: NodeFlags): PlannedNode {
  const { cores, memoryBytes, memTotalBytes } = flags;
  if (cores === undefined && flags.kubeProxyVersion !== 'none') {
    throw usage('--cores is missing: what kube-proxy asks for depends on it', 'add --cores N, or --kube-proxy-version none');
  }
  if (memoryBytes === undefined && memTotalBytes === undefined) {
    throw usage(
      '--memory is missing: the kernel’s default depends on it',
      'add --memory 8Gi (as sold) or --mem-total 7960076Ki (as in /proc/meminfo)',
    );
  }
  const size = formatBytes(memoryBytes ?? memTotalBytes ?? 0);
  const name = cores === undefined ? `a node of ${size}` : `a node of ${cores} ${cores === 1 ? 'core' : 'cores'} and ${size}`;
  return computed(name, null, { cores: cores ?? 1, memoryBytes: memoryBytes ?? null }, flags);
}

function computed(
  source: string,
  type: string | null,
  { cores, memoryBytes }: { readonly cores: number; readonly memoryBytes: number | null },
  flags: NodeFlags,
): PlannedNode {
  const kernel = flags.kernel ?? ASSUMED_KERNEL;
  const memTotalBytes = flags.memTotalBytes ?? estimateMemTotal(memoryBytes ?? 0);
  const { hashsize, bits } = flags;
  const inputs: NodeInputs = { cores, kernel, bits, memTotalBytes, ...(hashsize === undefined ? {} : { hashsize }) };
  const kubeProxy = kubeProxyOf(flags);
  const assumptions = [
    ...(flags.kernel === undefined
      ? [`kernel ${formatVersion(kernel)} (any since 5.15 has the same sizes); say otherwise with --kernel`]
      : []),
    ...(flags.memTotalBytes === undefined
      ? [
          `usable memory (MemTotal) about ${formatBytes(memTotalBytes)} of the ${formatBytes(memoryBytes ?? 0)} the machine is sold with`,
        ]
      : []),
    ...(flags.memTotalBytes === undefined && isNearClass(memTotalBytes)
      ? ['that is close to a size at which the kernel’s default changes: give --mem-total to be sure']
      : []),
    ...kubeProxyAssumptions(flags),
  ];
  return {
    node: nodeFacts({ source, instanceType: type, cores, memoryBytes, memTotalBytes, kernel, kubeProxy }),
    limit: nodeLimit(inputs, kubeProxy),
    inputs,
    kubeProxy,
    kernel,
    assumptions,
  };
}

function ofThisMachine(flags: NodeFlags): PlannedNode {
  const kernel = flags.kernel ?? parseVersion(release()) ?? ASSUMED_KERNEL;
  const memTotalBytes = flags.memTotalBytes ?? totalmem();
  const planned = computed(
    'this machine',
    null,
    { cores: cpus().length, memoryBytes: null },
    { ...flags, kernel, memTotalBytes },
  );
  if (flags.kubeProxyVersion !== undefined || flags.kubeProxyConntrack !== undefined) return planned;
  const { max, buckets } = limitsWithoutLease(); // a run beside this one may have lowered them
  const alone = computed(
    'this machine',
    null,
    { cores: cpus().length, memoryBytes: null },
    { ...flags, kernel, memTotalBytes, kubeProxyVersion: 'none' },
  );
  const [first = ''] = alone.limit.steps;
  const same = max === alone.limit.max && buckets === alone.limit.buckets;
  return {
    ...alone,
    limit: {
      ...alone.limit,
      max,
      buckets,
      memoryBytes: tableBytes({ max, buckets }, kernel),
      steps: [
        first,
        `in force, read: nf_conntrack_max ${max}, nf_conntrack_buckets ${buckets}${same ? ', the default' : '; somebody has changed the default'}`,
      ],
    },
  };
}

function ofScenario({ name, gateway }: Scenario, flags: NodeFlags): PlannedNode {
  const { max, buckets: given } = gateway.conntrack;
  const buckets = given === 'auto' ? max : given;
  const kernel = flags.kernel ?? ASSUMED_KERNEL;
  return {
    node: nodeFacts({
      source: `scenario ${name}`,
      instanceType: null,
      cores: null,
      memoryBytes: null,
      memTotalBytes: null,
      kernel: null,
      kubeProxy: null,
    }),
    limit: {
      kernelDefaultMax: max,
      kernelDefaultBuckets: buckets,
      kubeProxyWant: null,
      policy: 'none',
      max,
      buckets,
      memoryBytes: tableBytes({ max, buckets }, kernel),
      steps: [`given by the scenario: nf_conntrack_max ${max}, nf_conntrack_buckets ${buckets}`],
    },
    inputs: null,
    kubeProxy: null,
    kernel,
    assumptions: ['the table is that of the scenario; name a node to see what limit it would have'],
  };
}

function kubeProxyOf({ kubeProxyVersion, kubeProxyConntrack }: NodeFlags): KubeProxyInputs | null {
  if (kubeProxyVersion === 'none') return null;
  return { version: kubeProxyVersion ?? ASSUMED_KUBE_PROXY, conntrack: kubeProxyConntrack ?? KUBE_PROXY_DEFAULTS };
}

function kubeProxyAssumptions({ kubeProxyVersion, kubeProxyConntrack }: NodeFlags): string[] {
  if (kubeProxyVersion === 'none') return [];
  const { maxPerCore, min } = KUBE_PROXY_DEFAULTS;
  return [
    ...(kubeProxyVersion === undefined
      ? [`kube-proxy ${formatVersion(ASSUMED_KUBE_PROXY)}, which writes what it wants; say otherwise with --kube-proxy-version`]
      : []),
    ...(kubeProxyConntrack === undefined ? [`kube-proxy’s default conntrack fields (maxPerCore ${maxPerCore}, min ${min})`] : []),
  ];
}

function nodeFacts(
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

function usage(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.usage });
}
