import { addressNumber } from '../ipv4.ts';
import type { Endpoint } from './lab.ts';

/** A network namespace of this machine: that of ctload, one with a name under /run/netns, or that of a process. */
export type Place =
  | 'host'
  | {
      /** Its name under /run/netns. */
      readonly netns: string;
    }
  | {
      /** Process id of a process in the namespace. */
      readonly pid: number;
    };

/** An existing gateway, which ctload did not build. */
export interface ExternalSpec {
  readonly driver: 'external';
  /** Addresses that clients connect to; floods rotate across them. */
  readonly target: readonly Endpoint[];
  /**
   * Network namespace of the gateway's conntrack table, or of several gateways' in the order of the path; `none` when none can be
   * read from this machine.
   */
  readonly conntrack: Place | readonly [Place, Place, ...Place[]] | 'none';
  /** Network namespace that the load comes from. */
  readonly client: Place;
  /** Whether the owner of targets outside this machine and private networks has authorized the load. */
  readonly allowPublicTargets: boolean;
}

/** Parses `host`, `netns:NAME` or `pid:NUMBER`; undefined for anything else. The inverse of `placeText`. */
export function parsePlace(text: string): Place | undefined {
  if (text === 'host') return 'host';
  const [, kind, value = ''] = /^(netns|pid):([^/\s]+)$/.exec(text) ?? [];
  if (kind === 'netns' && value !== '.' && value !== '..') return { netns: value };
  return kind === 'pid' && /^[1-9]\d*$/.test(value) ? { pid: Number(value) } : undefined;
}

/** The namespaces whose tables are the gateways'. */
export function tablePlaces({ conntrack }: Pick<ExternalSpec, 'conntrack'>): readonly Place[] {
  if (conntrack === 'none') return [];
  return Array.isArray(conntrack) ? conntrack : [conntrack as Place];
}

export function placeText(place: Place): string {
  if (place === 'host') return 'host';
  return 'netns' in place ? `netns:${place.netns}` : `pid:${place.pid}`;
}

/**
 * Parses `address:port` with an IPv4 address; undefined for anything else, including host names: the address of a name may
 * change between the check of the target and the load. The inverse of `endpointText`.
 */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, address = '', port = ''] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(text) ?? [];
  const isAddress = address !== '' && address.split('.').every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined;
}

/** `http://10.96.0.10:80`, also with a slash at its end; port 80 unless it says otherwise. */
export function endpointOfUrl(text: string): Endpoint | undefined {
  const at = /^http:\/\/([\d.]+)(:\d+)?\/?$/.exec(text);
  return at === null ? undefined : parseEndpoint(`${at[1]}${at[2] ?? ':80'}`);
}

export function endpointText({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}

/** Loopback, private networks (RFC 1918) and the network for benchmarks (RFC 2544), as network and prefix length. */
const UNPUBLIC: readonly (readonly [network: string, prefix: number])[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
];

/** Whether an IPv4 address can only belong to this machine, a private network or the network for benchmarks. */
export function isUnpublic(address: string): boolean {
  const value = addressNumber(address);
  return UNPUBLIC.some(([network, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(value / size) === Math.floor(addressNumber(network) / size);
  });
}
