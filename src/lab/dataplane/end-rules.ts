import { execute, type Host } from '../../platform/exec.ts';
import {
  HALF_OPEN_ENDPOINT_PORT,
  HALF_OPEN_SERVICE_PORT,
  STALE_ENDPOINT_PORT,
  STALE_SERVICE_PORT,
  UNANSWERED_ENDPOINT_PORT,
  UNANSWERED_SERVICE_PORTS,
} from '../addresses.ts';

const TABLE = 'ctload';
const SWALLOWED = 'half-open';

/** Ports as nftables has them in a set: those that clients connect to, and those of the backend. */
export interface EndPorts {
  readonly stale: string;
  readonly staleEndpoints: string;
  readonly halfOpen: string;
  readonly halfOpenEndpoints: string;
  readonly unansweredEndpoints: string;
}

/** Those of a lab of ctload's own. */
const LAB_PORTS: EndPorts = {
  stale: `${STALE_SERVICE_PORT}, ${STALE_ENDPOINT_PORT}`,
  staleEndpoints: `${STALE_ENDPOINT_PORT}`,
  halfOpen: `${HALF_OPEN_SERVICE_PORT}, ${HALF_OPEN_ENDPOINT_PORT}`,
  halfOpenEndpoints: `${HALF_OPEN_ENDPOINT_PORT}`,
  unansweredEndpoints: `${UNANSWERED_ENDPOINT_PORT}, ${UNANSWERED_SERVICE_PORTS.first}-${UNANSWERED_SERVICE_PORTS.last}`,
};

interface EndRuleOptions {
  readonly ownRules?: boolean;
  readonly more?: string;
  readonly ports?: EndPorts;
}

/**
 * Client and backend drop their own FIN and RST of stale connections, so that the gateway never sees them close.
 * With `ownRules`, which may have the gateway answer half-open SYNs (synproxy), the client ignores such answers, as an address in
 * whose name they were sent would.
 * The backend counts and drops the SYNs of half-open floods, so that the number that the gateway forwarded is known exactly. It
 * sends no ICMP errors for datagrams to closed ports: they would count as replies, and reach the client.
 * The ports are those of the services, too: where the gateway does not translate, no others are seen.
 * No rule here uses `ct`, which would turn conntrack on in these namespaces. `more` rules are added with these, on both ends.
 */
export async function suppressTeardown(
  site: { readonly clients: readonly Host[]; readonly backend: Host },
  { ownRules = false, more = '', ports = LAB_PORTS }: EndRuleOptions = {},
): Promise<void> {
  const rules = (match: string, output = '', input = '') => `${more}table inet ${TABLE} {
${input}  chain output {
    type filter hook output priority filter; policy accept;
    ${match} tcp flags & (fin | rst) != 0 drop
${output}  }
}`;
  const swallow = `  counter ${SWALLOWED} { }
  chain input {
    type filter hook input priority filter; policy accept;
    tcp dport { ${ports.halfOpenEndpoints} } counter name "${SWALLOWED}" drop
  }
`;
  const deaf = `  chain input {
    type filter hook input priority filter; policy accept;
    tcp sport { ${ports.halfOpen} } drop
  }
`;
  // The UDP header of the datagram that an ICMP error quotes starts 28 bytes into it (ICMPv6: 48), its destination port 2 bytes later.
  const quoting = (header: number) => `@th,${8 * (header + 2)},16 { ${ports.unansweredEndpoints} }`;
  const silence = `    icmp type destination-unreachable ${quoting(28)} drop
    icmpv6 type destination-unreachable ${quoting(48)} drop
`;
  await Promise.all([
    ...site.clients.map((host) =>
      execute(['nft', '-f', '-'], { host, input: rules(`tcp dport { ${ports.stale} }`, '', ownRules ? deaf : '') }),
    ),
    execute(['nft', '-f', '-'], {
      host: site.backend,
      input: rules(`tcp sport { ${ports.staleEndpoints} }`, silence, swallow),
    }),
  ]);
}

/** SYNs of half-open floods that reached the backend. Undefined where the rule that counts them cannot be read any more. */
export async function halfOpenSynsAt(backend: Host): Promise<number | undefined> {
  try {
    const listed = await execute(['nft', 'list', 'counter', 'inet', TABLE, SWALLOWED], { host: backend });
    const packets = /packets (\d+)/.exec(listed)?.[1];
    return packets === undefined ? undefined : Number(packets);
  } catch {
    return undefined;
  }
}
