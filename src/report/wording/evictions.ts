import { count, plural, seconds } from '../../model/format.ts';
import type { EvidenceFigures } from '../../model/result/evidence.ts';
import type { EndedAtGateway } from '../../model/result/findings.ts';

/** What the gateway's own network stack received of evicted flows. */
export function endedAtGateway({ datagramsEnded, resetsSent }: EndedAtGateway): string {
  const counted = [
    ...(datagramsEnded > 0 ? [`${plural(datagramsEnded, 'datagram')} without a socket (UdpNoPorts)`] : []),
    ...(resetsSent > 0 ? [`${plural(resetsSent, 'reset')} sent (TcpOutRsts)`] : []),
  ];
  return counted.join(' and ');
}

/** Why attempts whose flows were evicted failed. */
export function evictedFlows(figures: EvidenceFigures['conntrack-evicted']): string {
  const { evicted, fromSeconds, capacity } = figures;
  return `From ${seconds(fromSeconds)} on, the gateway's kernel evicted ${plural(evicted, 'flow')} from the full conntrack table (${count(capacity)} entries) to make room for new ones (early drop). Replies that came after that ended at the gateway: its kernel counted ${endedAtGateway(figures)}.`;
}
