/** Rules of the user's own that the gateway gets. */
export interface OwnRules {
  /** Program that loads them. */
  readonly tool: 'nft' | 'iptables';
  /** Rules, as input of `nft -f` or `iptables-restore`. */
  readonly text: string;
  /** Whether they are added to those of the dataplane, or take their place. */
  readonly mode: 'add' | 'replace';
}

/** The counter of packets to endpoints that have gone. */
export const GONE_COUNTER = 'dropped-endpoint-gone';

/** How the name of a counter begins that counts packets which a rule drops. */
export const DROPPED = 'drop';

/**
 * Whether rules may change which packets have an entry or how long it lives: then neither the load nor the timeouts say how many
 * entries there must be. Rules that take the place of the dataplane's may not even turn conntrack on.
 */
export function alterTracking({ mode, text }: OwnRules): boolean {
  return mode === 'replace' || /\bnotrack\b|\btimeout\b|\bflow (add|offload)\b|-j (CT|NOTRACK|FLOWOFFLOAD)\b/i.test(text);
}
