import { count as countText } from '../../model/format.ts';
import type { LabFamily } from '../../model/input/address-family.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { countEntriesOn } from '../host/table.ts';
import type { EntriesCommand, EntriesReply } from './entries-messages.ts';
import { type SyntheticEntries, traitsOf } from './synthetic-entries.ts';

const ATTEMPTS = 3;

/**
 * Adds `count` ESTABLISHED, ASSURED entries to a host's table, about 100,000 per second and CPU, and checks that they are there.
 * Their tuples lie in 198.19.128.0/17 and 2001:2:0:1980::/57, which the lab does not use.
 * @param family of the lab's addresses
 * @throws {CtloadError} exit 100 when the table does not accept them.
 */
export async function fillTable(
  host: Host,
  filling: SyntheticEntries,
  count: number,
  signal: AbortSignal,
  family?: LabFamily,
): Promise<void> {
  if (count === 0) return;
  const before = await countEntriesOn(host);
  let used = 0;
  let trouble = 'entries went missing';
  for (let attempt = 0, missing = count; attempt < ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    if (missing > 0) {
      try {
        await addEntries(host, { traits: traitsOf(filling, family), first: used, count: missing }, signal);
      } catch (error) {
        signal.throwIfAborted();
        trouble = messageOf(error); // one refused entry (hash chain too long) ends the loader: continue with other tuples
      }
      used += missing;
    }
    missing = before + count - (await countEntriesOn(host));
    if (missing === 0) return;
  }
  throw new CtloadError(`could not add ${countText(count)} ${filling} entries to the gateway's table: ${trouble}`, {
    hint: 'use a smaller gateway.conntrack.prefill or a larger gateway.conntrack.max',
  });
}

/**
 * Adds entries to a host's table; they are made on the host itself, however far away that is.
 * @throws {Error} saying what the kernel refused; the reason of `signal` once it is aborted.
 */
export async function addEntries(host: Host, what: Omit<EntriesCommand, 'type'>, signal: AbortSignal): Promise<void> {
  const loader = new RemoteProcess<EntriesCommand, EntriesReply>(host, 'entries');
  const stop = () => void loader.finish();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await loader.ready();
    const reply = await loader.ask({ type: 'load', ...what });
    if (reply?.type === 'failed') throw new Error(reply.message);
    signal.throwIfAborted(); // it was closed then, and is not lost
    if (reply === undefined) throw new Error(await loader.lost);
  } finally {
    signal.removeEventListener('abort', stop);
    await loader.finish();
  }
}
