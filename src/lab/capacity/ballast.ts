import { SYNTHETIC_MARK } from '../../model/node/ballast.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { CommandError, type Host } from '../../platform/exec.ts';
import { entry } from '../../platform/remote/entry.ts';
import { countEntriesOn } from '../host/table.ts';

/** Synthetic entries of the gateway's table: ballast is taken out of every count, prefill stands for stale flows. */
export type SyntheticEntries = 'ballast' | 'prefill';

const TIMEOUT = 2_000_000; // seconds, 23 days: outlives any run
const PORTS = 60_000; // source ports used of one address
const HOSTS = 250; // source addresses used of one /24
const DESTINATION_PORT: Readonly<Record<SyntheticEntries, number>> = { ballast: 1, prefill: 2 };
const LINES_PER_CHUNK = 500;
const ATTEMPTS = 3;

/**
 * Puts `count` ESTABLISHED, ASSURED entries into a host's table, about 100,000 a second and CPU, and checks that they are there.
 * Their tuples lie in 198.19.128.0/17, which the lab does not use.
 * @throws {CtloadError} exit 100 when the table does not take them.
 */
export async function fillTable(host: Host, filling: SyntheticEntries, count: number, signal: AbortSignal): Promise<void> {
  if (count === 0) return;
  const before = await countEntriesOn(host);
  let used = 0;
  let trouble = 'entries went missing';
  for (let attempt = 0, missing = count; attempt < ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    if (missing > 0) {
      try {
        await fill(host, [filling, used, missing], signal);
      } catch (error) {
        signal.throwIfAborted();
        trouble = messageOf(error); // one refused entry (an over-long hash chain) ends the loader: go on with other tuples
      }
      used += missing;
    }
    missing = before + count - (await countEntriesOn(host));
    if (missing === 0) return;
  }
  throw new CtloadError(`could not put ${count} entries (${filling}) into the gateway's table: ${trouble}`, {
    hint: 'a smaller gateway.conntrack.prefill, or a larger gateway.conntrack.max, leaves room for them',
  });
}

/** The entries are made on the host itself (filler.ts), however far that is. */
async function fill(host: Host, request: readonly [SyntheticEntries, number, number], signal: AbortSignal): Promise<void> {
  const child = host.spawn(entry('processes/entries', ...request.map(String)));
  const stop = () => child.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop(); // before anybody listened
  const exit = await child.exited;
  signal.removeEventListener('abort', stop);
  if (exit.code !== 0) throw new CommandError(child.command, exit);
}

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
