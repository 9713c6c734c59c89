import { SYNTHETIC_MARK } from '../../model/node/ballast.ts';

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
}

const LASTING = { mark: SYNTHETIC_MARK, timeoutSeconds: 2_000_000, isReplied: true }; // 23 days: outlives any run
const TRAITS: Readonly<Record<SyntheticEntries, EntryTraits>> = {
  ballast: { ...LASTING, port: 1 },
  prefill: { ...LASTING, port: 2 },
};
const PORTS = 60_000; // source ports used of one address
const HOSTS = 250; // source addresses used of one /24
const LINES_PER_CHUNK = 500;

const DESTINATION = '198.19.255.254';

export function traitsOf(filling: SyntheticEntries): EntryTraits {
  return TRAITS[filling];
}

/** What `conntrack -D` needs to find synthetic entries of one purpose. */
export function filterOf({ port, mark }: Pick<EntryTraits, 'port' | 'mark'>): string[] {
  return ['-p', 'tcp', '-d', DESTINATION, '--dport', String(port), '--mark', String(mark)];
}

/** Lines for `conntrack --load-file` in chunks; entry `i` is always the same tuple. */
export function* entries(traits: EntryTraits, first: number, count: number): Generator<string> {
  const state = traits.isReplied ? '--state ESTABLISHED -u ASSURED,SEEN_REPLY' : '--state SYN_SENT';
  const rest = `-d ${DESTINATION} --dport ${traits.port} ${state} -t ${traits.timeoutSeconds} -m ${traits.mark}`;
  for (let start = first; start < first + count; start += LINES_PER_CHUNK) {
    let chunk = '';
    for (let i = start; i < Math.min(start + LINES_PER_CHUNK, first + count); i++) {
      const address = Math.floor(i / PORTS);
      chunk += `-A -p tcp -s 198.19.${128 + Math.floor(address / HOSTS)}.${1 + (address % HOSTS)} --sport ${1024 + (i % PORTS)} ${rest}\n`;
    }
    yield chunk;
  }
}
