import { masquerades, terminates } from '../../model/input/dataplanes.ts';
import type { EndedAtGateway } from '../../model/result/findings.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** What the gateway's full table evicted, and what its own network stack received because of that. */
export interface Evictions extends EndedAtGateway {
  /** Entries that early drop evicted. */
  readonly evicted: number;
  /** When it first did, seconds; Infinity if it never did. */
  readonly fromSeconds: number;
  /** The most of them that can have been handshakes, whose client then retransmits its SYN although no packet was dropped. */
  readonly handshakes: number;
}

/**
 * Counts evictions and the packets that came too late for their entry. The gateway masquerades, so a reply without an entry is
 * addressed to the gateway itself, where no socket expects it: its kernel counts the datagram in UdpNoPorts and answers a TCP
 * segment with a reset (TcpOutRsts). 3,282 of 19,200 DNS queries failed, and UdpNoPorts rose by 3,282 (6.18).
 */
export function countEvictions({ meta, tables, netstat }: Pick<RunLog, 'meta' | 'tables' | 'netstat'>): Evictions {
  const { samples, totals } = tables.gateway;
  const { dataplane } = meta.lab;
  const resets = Math.max(0, rise(netstat.gateway, 'TcpOutRsts'));
  // A half-open flow gets no SYN-ACK, so its eviction is felt by nobody. Where the gateway does not masquerade, as far as ctload
  // knows, a SYN-ACK may end elsewhere.
  const unknown =
    !masquerades(dataplane, meta.lab.masquerade) || netstat.gateway.length === 0 || meta.lab.rules?.mode === 'replace';
  return {
    evicted: totals.earlyDrop,
    fromSeconds: samples.find(({ earlyDrop }) => earlyDrop > 0)?.t ?? Number.POSITIVE_INFINITY,
    datagramsEnded: Math.max(0, rise(netstat.gateway, 'UdpNoPorts')),
    resetsSent: terminates(dataplane) ? 0 : resets,
    handshakes: onlyOuter(meta.lab) ? 0 : unknown ? totals.earlyDrop : Math.min(totals.earlyDrop, resets),
  };
}

/** Whether all entries of the load are of packets that carry its own: the next packet makes an evicted one anew. */
function onlyOuter(lab: RunLog['meta']['lab']): boolean {
  const tracking = recordedTracking(lab);
  return tracking !== undefined && tracking.flows === 0 && tracking.outer > 0;
}
