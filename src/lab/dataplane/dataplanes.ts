import type { Dataplane } from '../../model/input/dataplanes.ts';
import { forwardRules } from './forward-rules.ts';
import { iptablesRedirect, iptablesRules } from './iptables-rules.ts';
import { ipvsSetup } from './ipvs.ts';
import { nftablesRedirect, nftablesRules } from './nftables-rules.ts';
import { notrackRules } from './notrack-rules.ts';
import { proxySetup } from './proxy.ts';
import type { DataplaneSetup } from './setup.ts';
import { tunnelSetup } from './tunnel.ts';

/** How every dataplane is set up. */
export const DATAPLANE_SETUPS: Readonly<Record<Dataplane, DataplaneSetup>> = {
  iptables: { tool: 'iptables', modules: ['nf_nat', 'xt_MASQUERADE'], rules: iptablesRules, redirect: iptablesRedirect },
  nftables: {
    tool: 'nft',
    modules: ['nf_nat', 'nft_chain_nat', 'nft_masq'],
    rules: nftablesRules,
    redirect: nftablesRedirect,
  },
  ipvs: ipvsSetup,
  proxy: proxySetup,
  forward: { tool: 'nft', modules: ['nf_conntrack', 'nft_ct'], rules: forwardRules },
  notrack: { tool: 'nft', modules: ['nf_conntrack', 'nft_ct'], rules: notrackRules },
  tunnel: tunnelSetup,
};

/** What a dataplane may need that not every gateway does: for a machine that has to be ready for all of them. */
export const EXTRAS = Object.values(DATAPLANE_SETUPS).map(({ extra }) => extra ?? { commands: [], modules: [] });
