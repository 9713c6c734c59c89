import type { DatagramTargets, Endpoint, Targets } from './lab.ts';

/** Which Internet Protocol the load's packets are of. */
export const ADDRESS_FAMILIES = ['ipv4', 'ipv6'] as const;
export type AddressFamily = (typeof ADDRESS_FAMILIES)[number];

/** What addresses a lab has: of one family, or of both. */
export const LAB_FAMILIES = [...ADDRESS_FAMILIES, 'dual'] as const;
export type LabFamily = (typeof LAB_FAMILIES)[number];

/** The families of a lab's addresses; IPv4 alone when it does not say. */
export function familiesIn(family: LabFamily = 'ipv4'): readonly AddressFamily[] {
  return family === 'dual' ? ADDRESS_FAMILIES : [family];
}

/** The address that stands for any local one. */
const ANY: Readonly<Record<AddressFamily, string>> = { ipv4: '0.0.0.0', ipv6: '::' };

/** The family of a numeric address. */
export function familyOf(address: string): AddressFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

export function isIpv6(address: string): boolean {
  return familyOf(address) === 'ipv6';
}

/** The address to bind when any local address will do for packets to `address`. */
export function anyFor(address: string): string {
  return ANY[familyOf(address)];
}

/** An address as it stands in front of a port: `198.18.0.1`, `[2001:2::1]`. */
export function bracketed(address: string): string {
  return isIpv6(address) ? `[${address}]` : address;
}

/** `198.18.0.1:80`, `[2001:2::1]:80`. */
export function hostPort({ address, port }: Endpoint): string {
  return `${bracketed(address)}:${port}`;
}

/** `targets` without those of other families; all of them when `family` is undefined. */
export function targetsOver(family: AddressFamily | undefined, targets: Targets): Targets {
  if (family === undefined) return targets;
  const some = (endpoints: readonly Endpoint[]) => endpoints.filter(({ address }) => familyOf(address) === family);
  const { answered, unanswered } = targets.udp;
  return {
    ...targets,
    http: some(targets.http),
    stale: some(targets.stale),
    halfOpen: some(targets.halfOpen),
    ...(targets.dns === undefined ? {} : { dns: some(targets.dns) }),
    ...(targets.echo === undefined ? {} : { echo: targets.echo.filter((address) => familyOf(address) === family) }),
    udp: { answered: datagramsOver(family, answered), unanswered: datagramsOver(family, unanswered) },
  };
}

/** The targets of each family by itself: a socket sends to one of them only. */
export function eachFamily(targets: DatagramTargets): DatagramTargets[] {
  const families = [...new Set(targets.addresses.map(familyOf))];
  return families.length <= 1 ? [targets] : families.map((family) => datagramsOver(family, targets));
}

/** Number of families that `endpoints` have, at least one; they come in turn. */
export function familiesOf(endpoints: readonly Endpoint[]): number {
  return Math.max(1, new Set(endpoints.map(({ address }) => familyOf(address))).size);
}

function datagramsOver(family: AddressFamily, { addresses, ports }: DatagramTargets): DatagramTargets {
  return { addresses: addresses.filter((address) => familyOf(address) === family), ports };
}
