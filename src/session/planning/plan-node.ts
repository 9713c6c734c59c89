import { cpus, release, totalmem } from 'node:os';
import { readSysctl } from '../../lab/host/sysctls.ts';
import { limitsWithoutLease } from '../../lab/lease/journal.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import { TIMEOUT_NAMES, timeoutSeconds, timeoutSysctl } from '../../model/input/timeouts.ts';
import { EC2_CATALOGUE_DATE } from '../../model/node/ec2-catalogue.ts';
import { instanceType, unknownInstanceType } from '../../model/node/instance-types.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import { type NodeInputs, nodeLimit } from '../../model/node/limit.ts';
import { estimateMemTotal, isNearClass } from '../../model/node/memory.ts';
import { tableBytes } from '../../model/node/table-memory.ts';
import { formatVersion, parseVersion } from '../../model/node/version.ts';
import { formatBytes } from '../../model/quantity.ts';
import { usageError } from '../../platform/errors.ts';
import { kubeProxyOf, type PlannedKubeProxy, refuseContradictions, runsNoKubeProxy, sysctlOf } from './plan-kube-proxy.ts';
import type { NodeFlags, PlannedNode } from './planned-node.ts';
import { limitsIn, nodeFacts, ofScenario, ofSysctl } from './table-node.ts';

/**
 * The nodes that flags name, or else the table of the scenario.
 * @throws {CtloadError} exit 2 when they name none, or contradict each other; 112 when this machine has no conntrack.
 */
export function plannedNodes(flags: NodeFlags, scenario: Scenario | undefined): readonly [PlannedNode, ...PlannedNode[]] {
  const sources = [flags.instanceTypes.length > 0, flags.here, flags.cores !== undefined || flags.memoryBytes !== undefined];
  if (sources.filter(Boolean).length > 1) {
    throw usageError('--instance-type, --here and --cores with --memory exclude each other', 'name the node in one way');
  }
  refuseContradictions(flags);
  const [first, ...others] = flags.instanceTypes;
  if (first !== undefined) return [ofType(first, flags), ...others.map((name) => ofType(name, flags))];
  if (flags.here) return [ofThisMachine(flags)];
  if (flags.cores !== undefined || flags.memoryBytes !== undefined || flags.memTotalBytes !== undefined) return [ofFlags(flags)];
  if (scenario !== undefined) return [ofScenario(scenario, flags)];
  const { max } = flags.sysctl;
  if (max !== undefined) return [ofSysctl(max, flags)];
  throw usageError('no node specified', 'give --instance-type m5.large, --cores 2 --memory 8Gi, --here, or a scenario');
}

function ofType(name: string, flags: NodeFlags): PlannedNode {
  const type = instanceType(name);
  if (type === undefined)
    throw usageError(
      unknownInstanceType(name),
      `known: EC2 types as of ${EC2_CATALOGUE_DATE}; for any other node use --cores N --memory 8Gi`,
    );
  const nitro = type.nitro ? [NITRO] : [];
  const planned = computed(`EC2 ${type.name}`, type.name, { cores: type.cores, memoryBytes: type.memoryBytes }, flags);
  const source = `cores and memory of ${type.name} as AWS had it on ${EC2_CATALOGUE_DATE}`;
  return { ...planned, assumptions: [source, ...planned.assumptions, ...nitro] };
}

const NITRO =
  'AWS Nitro tracks the flows of a security group in a table of its own, which the kernel does not see: its size is not published; read what is left with ethtool -S (conntrack_allowance_available, ENA driver ≥ 2.8.1). It is not covered by this plan.';

function ofFlags(flags: NodeFlags): PlannedNode {
  const { cores, memoryBytes, memTotalBytes } = flags;
  if (cores === undefined && !runsNoKubeProxy(flags)) {
    throw usageError('--cores is missing: kube-proxy’s limit depends on it', 'add --cores N, or --kube-proxy-version none');
  }
  if (memoryBytes === undefined && memTotalBytes === undefined) {
    throw usageError(
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
  const sysctl = sysctlOf(flags);
  const inputs: NodeInputs = {
    cores,
    kernel,
    bits,
    memTotalBytes,
    sysctl: limitsIn(sysctl),
    ...(hashsize === undefined ? {} : { hashsize }),
  };
  const proxy = kubeProxyOf(flags);
  const assumptions = [
    ...(flags.kernel === undefined
      ? [`kernel ${formatVersion(kernel)} (any since 5.15 has the same sizes); change with --kernel`]
      : []),
    ...(flags.memTotalBytes === undefined
      ? [`usable memory (MemTotal) about ${formatBytes(memTotalBytes)} of the machine’s nominal ${formatBytes(memoryBytes ?? 0)}`]
      : []),
    ...(flags.memTotalBytes === undefined && isNearClass(memTotalBytes)
      ? ['that is close to a size at which the kernel’s default changes: give --mem-total to be sure']
      : []),
    ...proxy.assumptions,
  ];
  return {
    node: nodeFacts({ source, instanceType: type, cores, memoryBytes, memTotalBytes, kernel, kubeProxy: proxy.kubeProxy }),
    limit: nodeLimit(inputs, proxy.kubeProxy),
    inputs,
    ...settled(proxy, flags),
    kernel,
    assumptions,
  };
}

function settled({ kubeProxy, fields, timeouts }: PlannedKubeProxy, { sysctl }: NodeFlags) {
  const kept = Object.entries(sysctl.timeouts).filter(([name, seconds]) => timeouts[name] === seconds);
  return { kubeProxy, kubeProxyFields: fields, timeouts, setTimeouts: Object.fromEntries(kept) };
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
  if (flags.kubeProxyVersion !== undefined || flags.kubeProxyFile !== undefined) return planned;
  const read = limitsWithoutLease(); // a run at the same time may have lowered them
  const alone = computed(
    'this machine',
    null,
    { cores: cpus().length, memoryBytes: null },
    { ...flags, kernel, memTotalBytes, kubeProxyVersion: 'none' },
  );
  const { limit, inputs } = alone;
  const [first = ''] = limit.steps;
  const same = read.max === limit.kernelDefaultMax && read.buckets === limit.kernelDefaultBuckets;
  const table = { ...read, ...inputs?.sysctl };
  const changed = Object.keys(inputs?.sysctl ?? {}).length > 0;
  return {
    ...alone,
    timeouts: { ...timeoutsHere(), ...alone.timeouts },
    limit: {
      ...limit,
      ...table,
      memoryBytes: tableBytes(table, kernel),
      steps: [
        first,
        `in force: nf_conntrack_max ${read.max}, nf_conntrack_buckets ${read.buckets}${same ? ', the default' : '; differs from the kernel default'}`,
        ...(changed ? [`with --sysctl: nf_conntrack_max ${table.max}, nf_conntrack_buckets ${table.buckets}`] : []),
      ],
    },
  };
}

/** Timeouts of this machine that are not the kernel's defaults, seconds by short name. */
function timeoutsHere(): Record<string, number> {
  const read = TIMEOUT_NAMES.map((name) => [name, Number(readSysctl(timeoutSysctl(name) ?? ''))] as const);
  return Object.fromEntries(read.filter(([name, seconds]) => Number.isFinite(seconds) && seconds !== timeoutSeconds(name, {})));
}
