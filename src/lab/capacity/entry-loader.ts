import { availableParallelism } from 'node:os';
import { pipeInto } from '../../platform/pipe-into.ts';
import { type EntryTraits, entries } from './synthetic-entries.ts';

/** conntrack opens /dev/stdin by name, which works on a pipe but not on the socket Node gives a child: hence `cat`. */
const LOADER = ['sh', '-c', 'cat | conntrack --load-file -'];
const MOST_LOADERS = 4;
/** Entries per loader: it reads them all before it adds the first, and keeps 1.6 kB of memory for each. */
const PORTION = 50_000;

/**
 * Adds `count` entries from number `first` to the table of this process's own namespace. A loader uses a whole CPU: two of them
 * fill a table in half the time.
 * @throws {CommandError} of the last loader that failed, once the others are finished; an AbortError when `signal` ended it.
 */
export async function loadEntries(traits: EntryTraits, first: number, count: number, signal: AbortSignal): Promise<void> {
  let done = 0;
  let failure: unknown;
  const load = async (): Promise<void> => {
    while (done < count && !signal.aborted) {
      const start = first + done;
      const portion = Math.min(PORTION, count - done);
      done += portion;
      await pipeInto(LOADER, entries(traits, start, portion), signal).catch((error: unknown) => {
        failure = error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_LOADERS) }, load));
  if (failure !== undefined) throw failure;
}
