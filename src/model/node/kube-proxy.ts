import { formatVersion, isAtLeast, type Version } from './version.ts';

/**
 * `conntrack:` of a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) with its defaults filled in
 * (pkg/proxy/apis/config/v1alpha1/defaults.go). Timeouts in seconds; 0 leaves the kernel's.
 */
export interface KubeProxyConntrack {
  /** 0: leave nf_conntrack_max alone, and ignore `min`. */
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

/** Taken where nobody says which: the newest release whose rule is known for certain, and the strictest in its effect. */
export const ASSUMED_KUBE_PROXY: Version = { major: 1, minor: 37, patch: 0 };

/** kube-proxy ≥ 1.36 asks for no more than this by cores (#137002). */
export const SCALED_CAP = 1_048_576;

/** What kube-proxy does when nf_conntrack_max is not what it wants: write it, write it only if it is too low, or nothing. */
export type WritePolicy = 'exact' | 'raise-only' | 'none';

export interface Want {
  /** Entries kube-proxy asks for; 0 when it leaves the limit alone. */
  readonly want: number;
  readonly why: string;
}

/** getConntrackMax (cmd/kube-proxy/app/server_linux.go, since moved to pkg/proxy/conntrack). */
export function kubeProxyWant({ maxPerCore, min }: KubeProxyConntrack, cores: number, version: Version): Want {
  if (maxPerCore <= 0) return { want: 0, why: 'maxPerCore 0 leaves nf_conntrack_max alone (and min counts for nothing)' };
  const scaled = maxPerCore * cores;
  const product = `maxPerCore ${maxPerCore} × ${cores} ${cores === 1 ? 'core' : 'cores'} = ${scaled}`;
  if (isAtLeast(version, 1, 36) && scaled > SCALED_CAP) {
    return { want: SCALED_CAP, why: `${product}, capped at ${SCALED_CAP} (kube-proxy ≥ 1.36), whatever min says` };
  }
  if (scaled < min) return { want: min, why: `${product} is less than min ${min}` };
  return { want: scaled, why: `${product} is at least min ${min}` };
}

/**
 * Write policy of a kube-proxy release: exact up to 1.22 and from 1.29 to 1.37.0 (#120448), raise-only from 1.23 to 1.28
 * (#103174) and from 1.38 (#142035).
 */
export function writePolicy(version: Version): { readonly policy: WritePolicy; readonly why: string } {
  const name = `kube-proxy ${formatVersion(version)}`;
  if (isAtLeast(version, 1, 38)) return { policy: 'raise-only', why: `${name} only ever raises the limit (1.38 and later)` };
  if (isAtLeast(version, 1, 29)) {
    const backport =
      (version.minor === 36 || version.minor === 37) && (version.patch ?? 0) > 0
        ? '; a patch release that takes over 1.38’s rule would only raise it: see its change log'
        : '';
    return { policy: 'exact', why: `${name} writes what it wants, up or down (1.29 to 1.37)${backport}` };
  }
  if (isAtLeast(version, 1, 23)) return { policy: 'raise-only', why: `${name} only ever raises the limit (1.23 to 1.28)` };
  return { policy: 'exact', why: `${name} writes what it wants, up or down (1.22 and earlier)` };
}

/** Conntrack timeouts kube-proxy sets on the node, by the short names of a scenario. */
export function kubeProxyTimeouts(config: KubeProxyConntrack): Record<string, number> {
  const set: Record<string, number> = {
    tcp_established: config.tcpEstablishedTimeout,
    tcp_close_wait: config.tcpCloseWaitTimeout,
    udp: config.udpTimeout,
    udp_stream: config.udpStreamTimeout,
  };
  return Object.fromEntries(Object.entries(set).filter(([, seconds]) => seconds > 0));
}
