import type { PortRange } from '../../model/input/lab.ts';
import { FIRST_SNAT_PORT } from '../../model/node/snat-ports.ts';

/** Protocols with ports. Of others (ICMP) masquerade takes no range. */
const PORTED = ['tcp', 'udp'] as const;

function rangeOf(ports: number): PortRange {
  return { first: FIRST_SNAT_PORT, last: FIRST_SNAT_PORT + ports - 1 };
}

/**
 * The statements of nft that masquerade, one rule a line, each with the condition `when` before it.
 * @param ports source ports to choose from; undefined: those of the kernel
 */
export function nftMasquerade(ports: number | undefined, when = ''): string {
  const all = `    ${when}masquerade fully-random`;
  if (ports === undefined) return all;
  const { first, last } = rangeOf(ports);
  const ranged = PORTED.map((protocol) => `    ${when}meta l4proto ${protocol} masquerade to :${first}-${last} fully-random`);
  return [...ranged, all].join('\n');
}

/** The same as targets of iptables rules, each with the match that it needs. */
export function iptablesMasquerade(ports: number | undefined): string[] {
  const all = '-j MASQUERADE --random-fully';
  if (ports === undefined) return [all];
  const { first, last } = rangeOf(ports);
  return [...PORTED.map((protocol) => `-p ${protocol} -j MASQUERADE --to-ports ${first}-${last} --random-fully`), all];
}
