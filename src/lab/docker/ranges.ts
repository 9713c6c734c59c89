/** Whether two IPv4 ranges, `198.18.0.0/23` or a single address, have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  const bits = Math.min(left.bits, right.bits);
  const mask = bits === 0 ? 0 : -(2 ** (32 - bits));
  return (left.address & mask) === (right.address & mask);
}

/** Destinations of an `ip -4 route show table all` listing, the default route and multicast left out. */
export function routedRanges(listing: string): string[] {
  return listing
    .split('\n')
    .map((line) => line.replace(/^(local|broadcast|unreachable|blackhole|prohibit) /, '').split(' ', 1)[0] ?? '')
    .filter((range) => /^[\d.]+(\/\d+)?$/.test(range) && range !== '0.0.0.0/0');
}

function parse(range: string): { address: number; bits: number } {
  const [address = '', bits = '32'] = range.split('/');
  return { address: address.split('.').reduce((sum, byte) => (sum << 8) | Number(byte), 0), bits: Number(bits) };
}
