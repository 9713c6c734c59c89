import { availableParallelism } from 'node:os';
import { entries, type SyntheticEntries } from '../lab/capacity/ballast.ts';
import { messageOf } from '../platform/errors.ts';
import { pipeInto } from '../platform/pipe-into.ts';

/** conntrack opens /dev/stdin by name, which works on a pipe but not on the socket Node gives a child: hence `cat`. */
const LOADER = ['sh', '-c', 'cat | conntrack --load-file -'];
const MOST_LOADERS = 4;
/** Entries one loader gets: it reads them all before it puts in the first, and keeps 1.6 kB of memory for each. */
const PORTION = 50_000;

// Entry point: `node processes/entries.js <filling> <first> <count>`, started by ballast.ts on the host whose table is to be filled.
const [filling, ...numbers] = process.argv.slice(2);
const [first = 0, count = 0] = numbers.map(Number);
const orphaned = new AbortController();
process.stdin.on('close', () => orphaned.abort()).resume();
let done = 0;

/** A loader takes a whole CPU: two of them fill a table in half the time. */
async function load(): Promise<void> {
  while (done < count && !orphaned.signal.aborted) {
    const start = first + done;
    const portion = Math.min(PORTION, count - done);
    done += portion;
    await pipeInto(LOADER, entries(filling as SyntheticEntries, start, portion), orphaned.signal).catch((error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exitCode = 1;
    });
  }
}

await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_LOADERS) }, load));
process.stdin.destroy();
