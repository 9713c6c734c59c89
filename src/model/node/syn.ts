/** Sysctls of the client's namespace that determine when an unanswered SYN is retransmitted. */
export interface SynSysctls {
  /** net.ipv4.tcp_syn_retries */
  readonly retries: number;
  /** net.ipv4.tcp_syn_linear_timeouts; 0 on kernels before 6.5, which do not have it. */
  readonly linearTimeouts: number;
}

const INITIAL_RTO = 1; // seconds; TCP_TIMEOUT_INIT, RFC 6298 §2
const MAX_RTO = 120; // seconds; TCP_RTO_MAX

/**
 * Offsets in seconds at which Linux sends an unanswered SYN: 0, then each retransmission. The first `linearTimeouts`
 * retransmissions are one initial RTO apart, then the interval doubles
 * (net/ipv4/tcp_timer.c, tcp_retransmit_timer; Documentation/networking/ip-sysctl.rst, tcp_syn_linear_timeouts).
 * Measured offsets are up to 20 % later for the long ones (timer wheel granularity), never earlier.
 */
export function synSchedule(sysctls: SynSysctls): number[] {
  const offsets = [0];
  let at = 0;
  for (let repeat = 1; repeat <= sysctls.retries + sysctls.linearTimeouts; repeat++) {
    const doublings = Math.max(0, repeat - 1 - sysctls.linearTimeouts);
    at += Math.min(MAX_RTO, INITIAL_RTO * 2 ** doublings);
    offsets.push(at);
  }
  return offsets;
}

/** Whether a connect that took `seconds` must have needed a SYN retransmission. TCP timers never fire early. */
export function neededRetransmission(seconds: number, schedule: readonly number[]): boolean {
  const first = schedule[1];
  return first !== undefined && seconds >= first;
}
