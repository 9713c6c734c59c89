import { FAMILY_WORDS } from './family-words.ts';
import { forwardRules } from './forward-rules.ts';
import type { WantedRules } from './setup.ts';

/**
 * The same gateway with NOTRACK for the backend's addresses in both directions, at priority raw, before conntrack (-200). Other
 * packets stay tracked: conntrack is on, so without these rules every connection would have its entry.
 */
export function notrackRules({ endpoints, family }: Pick<WantedRules, 'endpoints' | 'family'>): string {
  const { ip } = FAMILY_WORDS[family];
  return `${forwardRules({ family })}
table ${ip} ctload-notrack {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    ${ip} daddr ${endpoints} notrack
    ${ip} saddr ${endpoints} notrack
  }
}`;
}
