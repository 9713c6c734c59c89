import type { Endpoint } from './lab.ts';

/** A network namespace of this machine: ctload's own, one named under /run/netns, or that of a process. */
export type Place =
  | 'host'
  | {
      /** Its name there. */
      readonly netns: string;
    }
  | {
      /** Of the process. */
      readonly pid: number;
    };

/** A gateway that ctload loads but has not built. */
export interface ExternalSpec {
  readonly driver: 'external';
  /** What clients connect to; floods go round them. */
  readonly target: readonly Endpoint[];
  /** Where the gateway's conntrack table is; `none` where it cannot be read from here. */
  readonly conntrack: Place | 'none';
  /** Where the load comes from. */
  readonly client: Place;
  /** The user says that the owner of targets beyond this machine and private networks agrees to the load. */
  readonly allowPublicTargets: boolean;
}

/** `host`, `netns:NAME` or `pid:NUMBER`; undefined for anything else. The opposite of `placeText`. */
export function parsePlace(text: string): Place | undefined {
  if (text === 'host') return 'host';
  const [, kind, value = ''] = /^(netns|pid):([^/\s]+)$/.exec(text) ?? [];
  if (kind === 'netns' && value !== '.' && value !== '..') return { netns: value };
  return kind === 'pid' && /^[1-9]\d*$/.test(value) ? { pid: Number(value) } : undefined;
}

export function placeText(place: Place): string {
  if (place === 'host') return 'host';
  return 'netns' in place ? `netns:${place.netns}` : `pid:${place.pid}`;
}

/**
 * `address:port` with an IPv4 address; undefined for anything else, names included: what a name stands for may change
 * between the check of the target and the load. The opposite of `endpointText`.
 */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, address = '', port = ''] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(text) ?? [];
  const isAddress = address !== '' && address.split('.').every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined;
}

export function endpointText({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}

/** Loopback, private networks (RFC 1918) and the one for benchmarks (RFC 2544), as network and prefix length. */
const UNPUBLIC: readonly (readonly [network: string, prefix: number])[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
];

/** Whether an IPv4 address can only be of this machine, a private network or a benchmark's. */
export function isUnpublic(address: string): boolean {
  const value = numberOf(address);
  return UNPUBLIC.some(([network, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(value / size) === Math.floor(numberOf(network) / size);
  });
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}
