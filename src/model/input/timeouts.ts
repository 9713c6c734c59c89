interface Timeout {
  /** Name of the sysctl without `net.netfilter.nf_conntrack_`. */
  readonly sysctl: string;
  /** The kernel's default, seconds. */
  readonly standard: number;
}

/**
 * Conntrack timeouts by their short names in scenarios. Defaults from nf_conntrack_proto_{tcp,udp,icmp,icmpv6,generic}.c and
 * Documentation/networking/nf_conntrack-sysctl.rst; confirmed on 6.18.
 */
const TIMEOUTS = {
  tcp_syn_sent: { sysctl: 'tcp_timeout_syn_sent', standard: 120 },
  tcp_syn_recv: { sysctl: 'tcp_timeout_syn_recv', standard: 60 },
  tcp_established: { sysctl: 'tcp_timeout_established', standard: 432_000 },
  tcp_fin_wait: { sysctl: 'tcp_timeout_fin_wait', standard: 120 },
  tcp_close_wait: { sysctl: 'tcp_timeout_close_wait', standard: 60 },
  tcp_last_ack: { sysctl: 'tcp_timeout_last_ack', standard: 30 },
  tcp_time_wait: { sysctl: 'tcp_timeout_time_wait', standard: 120 },
  tcp_close: { sysctl: 'tcp_timeout_close', standard: 10 },
  tcp_unacknowledged: { sysctl: 'tcp_timeout_unacknowledged', standard: 300 },
  tcp_max_retrans: { sysctl: 'tcp_timeout_max_retrans', standard: 300 },
  udp: { sysctl: 'udp_timeout', standard: 30 },
  udp_stream: { sysctl: 'udp_timeout_stream', standard: 120 },
  icmp: { sysctl: 'icmp_timeout', standard: 30 },
  icmpv6: { sysctl: 'icmpv6_timeout', standard: 30 },
  generic: { sysctl: 'generic_timeout', standard: 600 },
} as const satisfies Readonly<Record<string, Timeout>>;

export type TimeoutName = keyof typeof TIMEOUTS;

export const TIMEOUT_NAMES = Object.keys(TIMEOUTS) as readonly TimeoutName[];

/**
 * Full sysctl name of a short one (`tcp_time_wait` → `net.netfilter.nf_conntrack_tcp_timeout_time_wait`); undefined when unknown.
 */
export function timeoutSysctl(name: string): string | undefined {
  const known = Object.hasOwn(TIMEOUTS, name) ? TIMEOUTS[name as TimeoutName] : undefined;
  return known && `net.netfilter.nf_conntrack_${known.sysctl}`;
}

/**
 * The timeout that `typed` stands for: its sysctl with or without what all have in front (`nf_conntrack_tcp_timeout_time_wait`,
 * `udp_timeout`), kube-proxy's field (`tcpCloseWaitTimeout`), or the state alone (`time_wait`).
 */
export function timeoutMeant(typed: string): TimeoutName | undefined {
  const words = typed
    .replace(/^.*conntrack_/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .split(/[-_]/);
  const state = words.filter((word) => word !== 'timeout').join('_');
  return TIMEOUT_NAMES.find((name) => name === state) ?? TIMEOUT_NAMES.find((name) => name === `tcp_${state}`);
}

/** A timeout in seconds: that in `overrides` (a scenario's `gateway.conntrack.timeouts`), else the kernel's default. */
export function timeoutSeconds(name: TimeoutName, overrides: Readonly<Record<string, number>>): number {
  return overrides[name] ?? TIMEOUTS[name].standard;
}
