import { count, plural } from '../../model/format.ts';
import { KUBE_PROXY_DEFAULTS, kubeProxyWant } from '../../model/node/kube-proxy.ts';
import type { NodeLimit } from '../../model/node/limit.ts';
import { parseVersion } from '../../model/node/version.ts';
import { formatBytes } from '../../model/quantity.ts';
import type { ClusterKubeProxy, NodeTableReading } from '../../model/result/plan/cluster-plan.ts';
import type { KubeProxyVariant } from '../../model/result/plan/plan.ts';

export interface Compared {
  /** By the Node object. */
  readonly cores: number;
  /** By the Node object. */
  readonly memTotalBytes: number;
  readonly kubeProxy: ClusterKubeProxy;
  readonly limit: NodeLimit;
  /** The limit under the rules of other releases. */
  readonly readings: readonly KubeProxyVariant[];
  readonly read: NodeTableReading;
}

/**
 * How the limit of a node that was read differs from the computed one, and what may explain it, one sentence each; empty where they
 * agree; the node's name goes before the first. Several things can lead to the same number, so none of them is certain.
 */
export function differencesOf(compared: Compared): string[] {
  const { limit, read } = compared;
  if (read.max === limit.max) return bucketsOf(compared);
  const what = `should be at ${count(limit.max)} and is at ${read.max === 0 ? '0, which is no limit' : count(read.max)}: ${rule(limit)}`;
  return [what, ...machineOf(compared), ...explanations(compared)];
}

/** The step that decides. */
function rule({ steps, kubeProxyWant: want }: NodeLimit): string {
  const step = want === null ? steps.at(-2) : steps.find((one) => one.includes(' wants '));
  return step ?? 'as the kernel and kube-proxy compute it';
}

/** Where the machine is not what the Node object says: then what was computed is not what its programs compute. */
function machineOf({ cores, memTotalBytes, read }: Compared): string[] {
  return [
    ...(cores === read.cores
      ? []
      : [
          `the Node object has ${plural(cores, 'core')} and the node's /proc/cpuinfo ${count(read.cores)}: kube-proxy counts those that it may use`,
        ]),
    ...(memTotalBytes === read.memTotalBytes
      ? []
      : [
          `the Node object has ${formatBytes(memTotalBytes)} of memory and the node's /proc/meminfo ${formatBytes(read.memTotalBytes)}, on which the kernel's default depends`,
        ]),
  ];
}

/** What gives just the number that was read; then what cannot be excluded. */
function explanations(compared: Compared): string[] {
  const { kubeProxy, limit, read } = compared;
  const only = limit.policy === 'raise-only' && read.max > limit.max;
  return [
    ...kernelDefault(compared),
    ...defaultFields(compared),
    ...otherRelease(compared),
    ...(only
      ? [`kube-proxy ${kubeProxy.version} only raises the limit, so ${count(read.max)} may have been set before it started`]
      : []),
    ...(kubeProxy.version !== null && kubeProxy.configFrom === 'assumed'
      ? ['kube-proxy’s configuration was not found and is assumed: its own may give this number']
      : []),
    limit.kubeProxyWant === null
      ? 'or something has set it: sysctl.d, an agent of the node, an administrator'
      : 'or something has overwritten it since kube-proxy started: sysctl.d, an agent of the node, an administrator',
  ];
}

function kernelDefault({ limit, read }: Compared): string[] {
  if (limit.kubeProxyWant === null || read.max !== limit.kernelDefaultMax) return [];
  return [
    `${count(read.max)} is what the kernel sets by itself: kube-proxy may not run there, may not have been able to write the limit, or may be configured to leave it (maxPerCore 0)`,
  ];
}

function defaultFields({ cores, kubeProxy, limit, read }: Compared): string[] {
  const version = parseVersion(kubeProxy.version ?? '');
  if (version === undefined || kubeProxy.configFrom === 'assumed') return [];
  const { want } = kubeProxyWant(KUBE_PROXY_DEFAULTS, cores, version);
  if (want !== read.max || want === limit.kubeProxyWant) return [];
  return [
    `${count(read.max)} is what kube-proxy wants with its default fields: it may have started before its configuration was changed, or may read another one`,
  ];
}

/** Of an image's tag the release is certain; that of the kubelet may be another one's. */
function otherRelease({ kubeProxy, readings, read, limit }: Compared): string[] {
  if (kubeProxy.versionFrom !== 'kubelet' || limit.kubeProxyWant === null) return [];
  const same = readings.filter((one) => one.kubeProxy !== 'none' && one.max === read.max).map((one) => one.kubeProxy);
  if (same.length === 0) return [];
  return [`${count(read.max)} is what kube-proxy ${same.join(' or ')} leaves: the release on the node may not be the kubelet’s`];
}

function bucketsOf({ limit, read }: Compared): string[] {
  if (read.buckets === limit.buckets) return [];
  return [
    `has the limit as computed, and ${count(read.buckets)} buckets instead of ${count(limit.buckets)}: sysctl or the module parameter hashsize may have set them`,
  ];
}
