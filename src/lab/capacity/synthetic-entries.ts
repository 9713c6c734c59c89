import { SYNTHETIC_MARK } from '../../model/node/ballast.ts';

/** Synthetic entries of the gateway's table: ballast is subtracted from every count, prefill simulates stale flows. */
export type SyntheticEntries = 'ballast' | 'prefill';

const TIMEOUT = 2_000_000; // seconds, 23 days: outlives any run
const PORTS = 60_000; // source ports used of one address
const HOSTS = 250; // source addresses used of one /24
const DESTINATION_PORT: Readonly<Record<SyntheticEntries, number>> = { ballast: 1, prefill: 2 };
const LINES_PER_CHUNK = 500;

/** Lines for `conntrack --load-file` in chunks; entry `i` is always the same tuple. */
export function* entries(filling: SyntheticEntries, first: number, count: number): Generator<string> {
  const rest = `-d 198.19.255.254 --dport ${DESTINATION_PORT[filling]} --state ESTABLISHED -u ASSURED,SEEN_REPLY -t ${TIMEOUT} -m ${SYNTHETIC_MARK}`;
  for (let start = first; start < first + count; start += LINES_PER_CHUNK) {
    let chunk = '';
    for (let i = start; i < Math.min(start + LINES_PER_CHUNK, first + count); i++) {
      const address = Math.floor(i / PORTS);
      chunk += `-A -p tcp -s 198.19.${128 + Math.floor(address / HOSTS)}.${1 + (address % HOSTS)} --sport ${1024 + (i % PORTS)} ${rest}\n`;
    }
    yield chunk;
  }
}
