/** Rules of the user's own in the gateway. */
export interface RuleFacts {
  /** Program that loaded them. */
  readonly tool: 'nft' | 'iptables';
  /** Whether they were added to those of the dataplane or took their place. */
  readonly mode: 'add' | 'replace';
  /** Whether they may change which packets have an entry, or how long it lives. */
  readonly alterTracking: boolean;
}

/** What named counters of the user's own rules have counted of dropped packets, as absolute values. Written before and after the load. */
export interface RuleCountersRecord {
  /** Seconds since the start of the load; negative while the lab is prepared. */
  readonly t: number;
  readonly type: 'rule-counters';
  /** Packets by the name of the counter. */
  readonly dropped: Readonly<Record<string, number>>;
}
