import type { Route } from '../../model/input/lab.ts';
import { execute } from '../../platform/exec.ts';
import type { AddressPlan } from '../addresses.ts';
import { writeSysctls } from '../host/sysctls.ts';
import { endpointTuning } from '../host/tuning.ts';
import { FAMILY_WORDS } from './family-words.ts';
import type { DataplaneSetup, WantedRules } from './setup.ts';

/** Any use of `ct` turns conntrack on in the namespace; without NAT nothing else does. */
const tracked = ({ family }: Pick<WantedRules, 'family'>) => `table ${FAMILY_WORDS[family].ip} ctload-proxy {
  chain prerouting {
    type filter hook prerouting priority filter; policy accept;
    ct state established accept
  }
  chain output {
    type filter hook output priority filter; policy accept;
    ct state established accept
  }
}`;

/**
 * Makes the gateway the end of every connection: the virtual addresses are its own (AnyIP), and connections that it accepts and
 * opens are tracked. The proxies that listen there are not part of the lab.
 */
export const proxySetup: DataplaneSetup = {
  tool: 'nft',
  modules: ['nf_conntrack', 'nft_ct'],
  rules: tracked,
  async prepare({ gateway }, { virtuals }) {
    await writeSysctls(gateway, endpointTuning());
    await execute(['ip', 'route', 'add', 'local', virtuals, 'dev', 'lo'], { host: gateway });
  },
};

/** The routes of a proxy on the gateway: from each virtual address that accepts HTTP to the endpoint behind it. */
export function proxyRoutes({ services, targets }: Pick<AddressPlan, 'services' | 'targets'>): Route[] {
  return services
    .filter(({ virtual }) => targets.http.includes(virtual))
    .map(({ virtual, endpoint }) => ({ from: virtual, to: endpoint }));
}
