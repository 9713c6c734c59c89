import type { Route } from '../../model/input/lab.ts';
import { execute, type Host } from '../../platform/exec.ts';
import type { AddressPlan } from '../addresses.ts';
import { writeSysctls } from '../host/sysctls.ts';
import { endpointTuning } from '../wiring.ts';

/** Any use of `ct` switches conntrack on in the namespace; without NAT nothing else would. */
const TRACKED = `table ip ctload-proxy {
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
 * Makes the gateway the end of every connection: the virtual addresses are its own (AnyIP), and both what it accepts and what
 * it opens is tracked. Who listens there is not the lab's to say.
 */
export async function installProxy(gateway: Host, { virtuals }: Pick<AddressPlan, 'virtuals'>): Promise<void> {
  await writeSysctls(gateway, endpointTuning());
  await execute(['ip', 'route', 'add', 'local', virtuals, 'dev', 'lo'], { host: gateway });
  await execute(['nft', '-f', '-'], { host: gateway, input: TRACKED });
}

/** What a proxy on the gateway has to join: each virtual address that clients may speak HTTP with, and the endpoint behind it. */
export function proxyRoutes({ services, targets }: Pick<AddressPlan, 'services' | 'targets'>): Route[] {
  return services
    .filter(({ virtual }) => targets.http.includes(virtual))
    .map(({ virtual, endpoint }) => ({ from: virtual, to: endpoint }));
}
