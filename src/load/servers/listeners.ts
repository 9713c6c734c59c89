import type { Endpoint } from '../../model/input/lab.ts';

/** State of a listening socket in /proc/net/tcp (TCP_LISTEN). */
const LISTEN = '0A';

/**
 * Those of `endpoints` (IPv4) on which no socket listens, by /proc/net/tcp and tcp6: their lines have addresses as the kernel holds
 * them, word by word in the order of this machine's bytes, which is little-endian where Node runs.
 */
export function withoutListener(endpoints: readonly Endpoint[], tables: string): Endpoint[] {
  const listening = new Set<string>();
  for (const [, address = '', port = '', state] of tables.matchAll(/^\s*\d+: ([\dA-F]+):([\dA-F]{4}) \S+ ([\dA-F]{2}) /gm)) {
    if (state === LISTEN) listening.add(`${/^0+$/.test(address) ? '*' : address}:${Number.parseInt(port, 16)}`);
  }
  return endpoints.filter(({ address, port }) => !listening.has(`*:${port}`) && !listening.has(`${asHeld(address)}:${port}`));
}

/** Whether there is any socket that listens, by the same tables. */
export function anyListens(tables: string): boolean {
  return /^\s*\d+: \S+ \S+ 0A /m.test(tables);
}

/** `198.18.1.2` → `020112C6`. */
function asHeld(address: string): string {
  return address
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('');
}
