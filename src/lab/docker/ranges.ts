import { type AddressFamily, familyOf } from '../../model/input/address-family.ts';

const BITS: Readonly<Record<AddressFamily, number>> = { ipv4: 32, ipv6: 128 };

/** Whether two ranges, `198.18.0.0/23`, `2001:2::/63` or a single address, have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  if (left.family !== right.family) return false;
  const shift = BigInt(BITS[left.family] - Math.min(left.bits, right.bits));
  return left.address >> shift === right.address >> shift;
}

/** Destinations of an `ip route show table all` listing of either family, default routes and multicast left out. */
export function routedRanges(listing: string): string[] {
  return listing
    .split('\n')
    .map((line) => line.replace(/^(local|broadcast|anycast|unreachable|blackhole|prohibit) /, '').split(' ', 1)[0] ?? '')
    .filter((range) => /^([\d.]+|[\da-f]*:[\da-f:]*)(\/\d+)?$/.test(range) && !/^(0\.0\.0\.0|::)\/0$/.test(range));
}

function parse(range: string): { family: AddressFamily; address: bigint; bits: number } {
  const [address = '', bits] = range.split('/');
  const family = familyOf(address);
  const value = family === 'ipv4' ? joined(address.split('.').map(Number), 8n) : joined(groupsOf(address), 16n);
  return { family, address: value, bits: bits === undefined ? BITS[family] : Number(bits) };
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address.split('::').map((part) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16)),
  );
  return [...head, ...Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail];
}

function joined(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);
}
