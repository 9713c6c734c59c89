import { FAMILY_WORDS } from './family-words.ts';
import type { WantedRules } from './setup.ts';

/**
 * Rules of a gateway that forwards without NAT, as input of `nft -f`: a firewall that accepts everything. Any use of `ct` turns
 * conntrack on in the namespace; without one a gateway like this would track nothing.
 */
export function forwardRules({ family }: Pick<WantedRules, 'family'>): string {
  return `table ${FAMILY_WORDS[family].ip} ctload-forward {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
  }
}`;
}
