import type { NetstatRecord } from '../../model/timeline/sample.ts';
import { rise } from '../log/run-log.ts';

/**
 * SYNs the backend's kernel dropped because they met a connection in TIME_WAIT whose last timestamp was newer (PAWS,
 * tcp_timewait_state_process in net/ipv4/tcp_minisocks.c). A gateway that masquerades picks source ports anew; where its own
 * entry is gone before the backend's TIME_WAIT is (60 s, TCP_TIMEWAIT_LEN), a new connection may get the port of an old one, and
 * its timestamps run from another offset: one a client, since 165573e41f2f (7.0, and stable kernels of 2026) one a connection.
 * The client retransmits each of these SYNs or abandons it, to the packet: 15,922 = 15,919 + 3 (kernel 6.18).
 * Kernels before 6.16 (c449d5f3a3d7) have one counter for them and for segments of established connections.
 * @param backend the backend's kernel counters; without any, 0
 */
export function timeWaitDropped(backend: readonly NetstatRecord[]): number {
  const counted = backend.at(-1)?.counters ?? {};
  return rise(backend, 'TcpExtPAWSTimewait' in counted ? 'TcpExtPAWSTimewait' : 'TcpExtPAWSEstab');
}
