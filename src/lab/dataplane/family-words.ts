import type { AddressFamily } from '../../model/input/address-family.ts';

/** What rules call the family of their packets. */
interface FamilyWords {
  /** nftables: the family of a table, and what its packets' addresses are fields of. */
  readonly ip: 'ip' | 'ip6';
  /** nftables: the type of an address in a set or map. */
  readonly type: 'ipv4_addr' | 'ipv6_addr';
  /** iptables: the prefix length of one address. */
  readonly one: 32 | 128;
}

export const FAMILY_WORDS: Readonly<Record<AddressFamily, FamilyWords>> = {
  ipv4: { ip: 'ip', type: 'ipv4_addr', one: 32 },
  ipv6: { ip: 'ip6', type: 'ipv6_addr', one: 128 },
};
