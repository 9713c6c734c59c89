import {
  ASSUMED_KUBE_PROXY,
  KUBE_PROXY_DEFAULTS,
  type KubeProxyTimeout,
  kubeProxyTimeouts,
  timeoutRecord,
  writePolicy,
} from '../../model/node/kube-proxy.ts';
import { fieldsOfRelease, type KubeProxyFields } from '../../model/node/kube-proxy-fields.ts';
import type { KubeProxyInputs } from '../../model/node/limit.ts';
import { formatVersion } from '../../model/node/version.ts';
import { formatDuration } from '../../model/units.ts';
import { usageError } from '../../platform/errors.ts';
import { mergeSysctls, NO_SYSCTL, type SysctlSettings } from '../../sizing/sysctl.ts';
import type { NodeFlags } from './planned-node.ts';

type ProxyFlags = Pick<NodeFlags, 'kubeProxyVersion' | 'kubeProxyFile' | 'sysctl'>;

/** kube-proxy on a node of a plan, and the timeouts there once it has started. */
export interface PlannedKubeProxy {
  readonly kubeProxy: KubeProxyInputs | null;
  /** The fields that are given. */
  readonly fields: KubeProxyFields;
  /** Seconds by short name, where sysctl or kube-proxy changes the kernel's. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** One sentence each. */
  readonly assumptions: readonly string[];
}

/** Whether the node has no kube-proxy, by the flags or the file that they name. */
export function runsNoKubeProxy({ kubeProxyVersion, kubeProxyFile }: ProxyFlags): boolean {
  return kubeProxyVersion === 'none' || (kubeProxyFile?.disabledBy ?? null) !== null;
}

/** @throws {CtloadError} exit 2 when there is a configuration and no kube-proxy to read it. */
export function refuseContradictions({ kubeProxyVersion, kubeProxyFile }: ProxyFlags): void {
  if (kubeProxyFile === undefined) return;
  if (kubeProxyVersion === 'none' && kubeProxyFile.disabledBy === null) {
    throw usageError(
      '--kube-proxy-config and --kube-proxy-version none contradict each other',
      'leave out one of the two; limits of a node without kube-proxy come from --sysctl',
    );
  }
  if (kubeProxyFile.disabledBy !== null && kubeProxyVersion !== undefined && kubeProxyVersion !== 'none') {
    throw usageError(
      `${kubeProxyFile.disabledBy} turns kube-proxy off`,
      'leave out --kube-proxy-version, or --kube-proxy-config',
    );
  }
}

/** Sysctl settings of the file with kube-proxy's configuration (Talos, kops), overridden by those of --sysctl. */
export function sysctlOf({ kubeProxyFile, sysctl }: ProxyFlags): SysctlSettings {
  return mergeSysctls(kubeProxyFile?.sysctl ?? NO_SYSCTL, sysctl);
}

/** @throws {CtloadError} exit 2 when that kube-proxy would not start. */
export function kubeProxyOf(flags: ProxyFlags): PlannedKubeProxy {
  const { kubeProxyVersion, kubeProxyFile: file } = flags;
  const { timeouts: before, others } = sysctlOf(flags);
  const ignored = others.length === 0 ? [] : [`sysctl settings that have no effect on a plan: ${others.join(', ')}`];
  if (runsNoKubeProxy(flags)) {
    const off = file?.disabledBy == null ? [] : [`no kube-proxy: ${file.disabledBy} turns it off`];
    return { kubeProxy: null, fields: {}, timeouts: before, assumptions: [...off, ...ignored] };
  }
  const given = kubeProxyVersion === 'none' ? undefined : kubeProxyVersion;
  const version = given ?? file?.version ?? ASSUMED_KUBE_PROXY;
  const fields = file?.fields ?? {};
  const { conntrack, notes, problem } = fieldsOfRelease(fields, version);
  if (problem !== null) throw usageError(problem, 'leave out conntrack.max; it was removed in 1.16');
  const writer = file?.writer ?? 'kube-proxy';
  const timeouts = kubeProxyTimeouts(conntrack, version, { writer, before });
  const rule = writePolicy(version);
  return {
    kubeProxy: { version, conntrack, writer },
    fields,
    timeouts: { ...before, ...timeoutRecord(timeouts) },
    assumptions: [
      ...releaseAssumption(
        flags,
        writer === 'k3s' ? '' : rule.policy === 'exact' ? ', which overwrites the limit' : ', which only raises the limit',
      ),
      ...(writer === 'k3s'
        ? ['k3s and RKE2 set kube-proxy’s conntrack sysctls themselves, up or down, and leave the buckets unchanged']
        : []),
      ...(file?.notes ?? [defaultFields()]),
      ...notes,
      ...timeouts.flatMap((one) => timeoutNotes(one, before, formatVersion(version))),
      ...ignored,
    ],
  };
}

function releaseAssumption({ kubeProxyVersion, kubeProxyFile }: ProxyFlags, does: string): string[] {
  if (kubeProxyVersion !== undefined) return [];
  if (kubeProxyFile?.version != null) {
    return [
      `kube-proxy ${formatVersion(kubeProxyFile.version)}, as the file of --kube-proxy-config names it; change with --kube-proxy-version`,
    ];
  }
  return [`kube-proxy ${formatVersion(ASSUMED_KUBE_PROXY)}${does}; change with --kube-proxy-version`];
}

function defaultFields(): string {
  const { maxPerCore, min } = KUBE_PROXY_DEFAULTS;
  return `kube-proxy’s default conntrack fields (maxPerCore ${maxPerCore}, min ${min})`;
}

function timeoutNotes(
  { name, wanted, before, inForce }: KubeProxyTimeout,
  sysctl: Readonly<Record<string, number>>,
  release: string,
): string[] {
  const set = sysctl[name] === undefined ? '' : ' (set by sysctl)';
  if (inForce !== wanted) {
    return [
      `${name} stays ${formatDuration(inForce)}${set}: kube-proxy ${release} only raises sysctls, and asks for ${formatDuration(wanted)}`,
    ];
  }
  return [
    ...(set !== '' && inForce !== before
      ? [`kube-proxy overwrites ${name} ${formatDuration(before)}${set} with ${formatDuration(wanted)}`]
      : []),
    ...(wanted === 0 ? [`kube-proxy cuts the timeout ${name} to whole seconds and writes 0: such entries expire at once`] : []),
  ];
}
