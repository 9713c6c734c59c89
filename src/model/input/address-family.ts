import type { Endpoint } from './lab.ts';

/** Which Internet Protocol the load's packets are of. */
export const ADDRESS_FAMILIES = ['ipv4', 'ipv6'] as const;
export type AddressFamily = (typeof ADDRESS_FAMILIES)[number];

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
