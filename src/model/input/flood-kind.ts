/** What a flood does with its connections. */
export type FloodKind = 'short' | 'long' | 'stale' | 'half-open' | 'udp' | 'icmp' | 'dns';

/** Whether what a flood sends are datagrams: nothing connects, and nothing is retransmitted. */
export function isDatagrams(kind: string): boolean {
  return kind === 'udp' || kind === 'icmp' || kind === 'dns';
}
