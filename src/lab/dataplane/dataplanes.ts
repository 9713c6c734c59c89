import type { Dataplane } from '../../model/input/dataplanes.ts';
import { forwardRules } from './forward-rules.ts';
import { iptablesRules } from './iptables-rules.ts';
import { nftablesRules } from './nftables-rules.ts';
import { notrackRules } from './notrack-rules.ts';
import { proxySetup } from './proxy.ts';
import type { DataplaneSetup } from './setup.ts';

/** How every dataplane is set up. */
export const DATAPLANE_SETUPS: Readonly<Record<Dataplane, DataplaneSetup>> = {
  iptables: { tool: 'iptables', modules: ['nf_nat', 'xt_MASQUERADE'], rules: iptablesRules },
  nftables: { tool: 'nft', modules: ['nf_nat', 'nft_chain_nat', 'nft_masq'], rules: nftablesRules },
  proxy: proxySetup,
  forward: { tool: 'nft', modules: ['nf_conntrack', 'nft_ct'], rules: forwardRules },
  notrack: { tool: 'nft', modules: ['nf_conntrack', 'nft_ct'], rules: notrackRules },
};
