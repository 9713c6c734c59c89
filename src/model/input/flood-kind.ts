/** What a flood does with its connections. */
export type FloodKind = 'short' | 'long' | 'stale' | 'half-open' | 'udp';
