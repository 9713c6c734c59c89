import { timeoutSeconds } from '../input/timeouts.ts';
import { formatVersion, isAtLeast, isAtLeastPatch, type Version } from './version.ts';

/**
 * `conntrack:` of a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) with its defaults filled in
 * (pkg/proxy/apis/config/v1alpha1/defaults.go). Timeouts in seconds; 0 leaves the kernel's.
 */
export interface KubeProxyConntrack {
  /** Entries, whatever the cores: only of releases that have this field, and only when it is not 0. */
  readonly max?: number;
  /** 0: leave nf_conntrack_max unchanged, and ignore `min`. */
  readonly maxPerCore: number;
  readonly min: number;
  readonly tcpEstablishedTimeout: number;
  readonly tcpCloseWaitTimeout: number;
  readonly tcpBeLiberal: boolean;
  readonly udpTimeout: number;
  readonly udpStreamTimeout: number;
}

export const KUBE_PROXY_DEFAULTS: KubeProxyConntrack = {
  maxPerCore: 32_768,
  min: 131_072,
  tcpEstablishedTimeout: 86_400,
  tcpCloseWaitTimeout: 3_600,
  tcpBeLiberal: false,
  udpTimeout: 0,
  udpStreamTimeout: 0,
};

/** Assumed if no release is named: the newest whose rule is known. */
export const ASSUMED_KUBE_PROXY: Version = { major: 1, minor: 37, patch: 2 };

/** kube-proxy ≥ 1.36 caps maxPerCore × cores at this (#137002). */
export const SCALED_CAP = 1_048_576;

/** What kube-proxy does when nf_conntrack_max is not what it wants: write it, write it only if it is too low, or nothing. */
export type WritePolicy = 'exact' | 'raise-only' | 'none';

/**
 * Who writes the sysctls. k3s and RKE2 do it themselves, with kube-proxy's fields, and turn it off in kube-proxy
 * (k3s, pkg/agent/syssetup/setup.go).
 */
export type SysctlWriter = 'kube-proxy' | 'k3s';

export interface Want {
  /** Entries kube-proxy asks for; 0 when it leaves the limit alone. */
  readonly want: number;
  readonly why: string;
}

/** getConntrackMax (cmd/kube-proxy/app/server_linux.go, since moved to pkg/proxy/conntrack). */
export function kubeProxyWant(
  { max, maxPerCore, min }: KubeProxyConntrack,
  cores: number,
  version: Version,
  writer: SysctlWriter = 'kube-proxy',
): Want {
  if (max !== undefined) return { want: max, why: `max ${max}, whatever the cores` };
  if (maxPerCore <= 0) return { want: 0, why: 'maxPerCore 0 leaves nf_conntrack_max unchanged (min is ignored)' };
  const scaled = maxPerCore * cores;
  const product = `maxPerCore ${maxPerCore} × ${cores} ${cores === 1 ? 'core' : 'cores'} = ${scaled}`;
  if (writer === 'kube-proxy' && isAtLeast(version, 1, 36) && scaled > SCALED_CAP) {
    return { want: SCALED_CAP, why: `${product}, capped at ${SCALED_CAP} (kube-proxy ≥ 1.36), whatever min is` };
  }
  if (scaled < min) return { want: min, why: `${product} is less than min ${min}` };
  return { want: scaled, why: `${product} is at least min ${min}` };
}

export interface WriteRule {
  /** Of nf_conntrack_max. */
  readonly policy: WritePolicy;
  /** Of the timeouts. */
  readonly timeouts: WritePolicy;
  readonly why: string;
}

/**
 * Write policy of a kube-proxy release: everything exact up to 1.22; from 1.23 to 1.28 no sysctl is ever lowered (#103174);
 * everything exact again from 1.29 (#120448); nf_conntrack_max alone raise-only from 1.36.6, 1.37.2 and 1.38 (#142035, #142198,
 * #142199), while timeouts stay exact. 1.36.3 and 1.37.2 were run and read.
 */
export function writePolicy(version: Version, writer: SysctlWriter = 'kube-proxy'): WriteRule {
  const name = `kube-proxy ${formatVersion(version)}`;
  if (writer === 'k3s') return { policy: 'exact', timeouts: 'exact', why: 'k3s and RKE2 write it themselves, up or down' };
  if (isAtLeast(version, 1, 38) || isAtLeastPatch(version, 1, 37, 2) || isAtLeastPatch(version, 1, 36, 6)) {
    return { policy: 'raise-only', timeouts: 'exact', why: `${name} only raises the limit (since 1.36.6 and 1.37.2)` };
  }
  if (isAtLeast(version, 1, 29)) {
    const unclear = isAtLeast(version, 1, 36) && version.patch === null;
    const first = version.minor === 36 ? '1.36.6' : '1.37.2';
    const caveat = unclear ? `; from ${first} on it only raises the limit: name the patch release` : '';
    return {
      policy: 'exact',
      timeouts: 'exact',
      why: `${name} writes what it wants, up or down (1.29 to 1.36.5 and 1.37.1)${caveat}`,
    };
  }
  if (isAtLeast(version, 1, 23)) {
    return { policy: 'raise-only', timeouts: 'raise-only', why: `${name} only raises sysctls, every one (1.23 to 1.28)` };
  }
  return { policy: 'exact', timeouts: 'exact', why: `${name} writes what it wants, up or down (1.22 and earlier)` };
}

/** Whether a release writes the hash size at every start, not only when it is too small (SetMax, before 1.7). */
export function alwaysHashes(version: Version): boolean {
  return !isAtLeast(version, 1, 7);
}

/** A timeout that kube-proxy asks for, and the one in force then. */
export interface KubeProxyTimeout {
  /** By the short name of a scenario. */
  readonly name: 'tcp_established' | 'tcp_close_wait' | 'udp' | 'udp_stream';
  /** Whole seconds; kube-proxy rounds down. */
  readonly wanted: number;
  /** Seconds that were in force before. */
  readonly before: number;
  /** Seconds in force after kube-proxy has started. */
  readonly inForce: number;
}

/** Conntrack timeouts of a node once kube-proxy has started; `before`: those that are not the kernel's defaults. */
export function kubeProxyTimeouts(
  config: KubeProxyConntrack,
  version: Version,
  { writer = 'kube-proxy', before = {} }: { writer?: SysctlWriter; before?: Readonly<Record<string, number>> } = {},
): KubeProxyTimeout[] {
  const { timeouts: policy } = writePolicy(version, writer);
  const asked = [
    ['tcp_established', config.tcpEstablishedTimeout],
    ['tcp_close_wait', config.tcpCloseWaitTimeout],
    ['udp', config.udpTimeout],
    ['udp_stream', config.udpStreamTimeout],
  ] as const;
  return asked.flatMap(([name, seconds]) => {
    if (seconds <= 0) return [];
    const wanted = Math.floor(seconds);
    const now = timeoutSeconds(name, before);
    return [{ name, wanted, before: now, inForce: policy === 'raise-only' ? Math.max(now, wanted) : wanted }];
  });
}

/** The same as a record of seconds by short name. */
export function timeoutRecord(timeouts: readonly KubeProxyTimeout[]): Record<string, number> {
  return Object.fromEntries(timeouts.map(({ name, inForce }) => [name, inForce]));
}
