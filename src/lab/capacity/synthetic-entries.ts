import { type AddressFamily, familiesIn, type LabFamily } from '../../model/input/address-family.ts';
import { SYNTHETIC_MARK } from '../../model/node/ballast.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';

/** Synthetic entries of the gateway's table: ballast is subtracted from every count, prefill simulates stale flows. */
export type SyntheticEntries = 'ballast' | 'prefill';

/** What synthetic entries of one purpose have in common. */
export interface EntryTraits {
  /** TCP port of their destination. */
  readonly port: number;
  readonly mark: number;
  readonly timeoutSeconds: number;
  /** ESTABLISHED and ASSURED; otherwise SYN_SENT without a reply, which early drop may evict. */
  readonly isReplied: boolean;
  /** Families of their addresses, in turn; IPv4 alone when absent. */
  readonly families?: readonly AddressFamily[];
}

const LASTING = { mark: SYNTHETIC_MARK, timeoutSeconds: 2_000_000, isReplied: true }; // 23 days: outlives any run
const TRAITS: Readonly<Record<SyntheticEntries, EntryTraits>> = {
  ballast: { ...LASTING, port: 1 },
  prefill: { ...LASTING, port: 2 },
};
const PORTS = 60_000; // source ports used of one address
const HOSTS = 250; // source addresses used of one /24
const LINES_PER_CHUNK = 500;

/** Their addresses lie outside those of any lab; IPv6's have the same digits, read as hexadecimal. */
const ADDRESSES: Readonly<Record<AddressFamily, { source(net: number, host: number): string; readonly destination: string }>> = {
  ipv4: { source: (net, host) => `198.19.${net}.${host}`, destination: '198.19.255.254' },
  ipv6: { source: (net, host) => `2001:2:0:19${net.toString(16)}::${host}`, destination: '2001:2:0:19ff::254' },
};
const FIRST_NET = 128;
const IPV4_ALONE = ['ipv4'] as const;

/** Prefill is of the families that the lab's load has, half and half where that is both; ballast is seen nowhere, and is IPv4. */
export function traitsOf(filling: SyntheticEntries, family?: LabFamily): EntryTraits {
  return { ...TRAITS[filling], families: filling === 'prefill' ? familiesIn(family) : IPV4_ALONE };
}

/** What is recorded of `prefilled` entries of the lab's families. */
export function prefilledOf(prefilled: number, family?: LabFamily): Pick<Capacity, 'prefilled' | 'prefilledIpv6'> {
  const families = familiesIn(family);
  const ipv6 = families.includes('ipv6') ? Math.floor(prefilled / families.length) : 0;
  return { prefilled, ...(ipv6 === 0 ? {} : { prefilledIpv6: ipv6 }) };
}

/** What `conntrack -D` needs to find synthetic entries of one purpose and one family. */
export function filterOf({ port, mark }: Pick<EntryTraits, 'port' | 'mark'>, family: AddressFamily = 'ipv4'): string[] {
  return ['-p', 'tcp', '-d', ADDRESSES[family].destination, '--dport', String(port), '--mark', String(mark)];
}

/** Lines for `conntrack --load-file` in chunks; entry `i` is always the same tuple. */
export function* entries(traits: EntryTraits, first: number, count: number): Generator<string> {
  const state = traits.isReplied ? '--state ESTABLISHED -u ASSURED,SEEN_REPLY' : '--state SYN_SENT';
  const families = traits.families ?? IPV4_ALONE;
  const rest = `--dport ${traits.port} ${state} -t ${traits.timeoutSeconds} -m ${traits.mark}`;
  for (let start = first; start < first + count; start += LINES_PER_CHUNK) {
    let chunk = '';
    for (let i = start; i < Math.min(start + LINES_PER_CHUNK, first + count); i++) {
      const tuple = Math.floor(i / families.length);
      const address = Math.floor(tuple / PORTS);
      const { source, destination } = ADDRESSES[families[i % families.length] ?? 'ipv4'];
      const from = source(FIRST_NET + Math.floor(address / HOSTS), 1 + (address % HOSTS));
      chunk += `-A -p tcp -s ${from} --sport ${1024 + (tuple % PORTS)} -d ${destination} ${rest}\n`;
    }
    yield chunk;
  }
}
