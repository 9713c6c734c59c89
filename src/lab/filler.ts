import { availableParallelism } from 'node:os';
import { messageOf } from '../platform/errors.ts';
import { feed } from '../platform/feed.ts';
import { entries, type Filling } from './ballast.ts';

/** conntrack opens /dev/stdin by name, which works on a pipe but not on the socket Node gives a child: hence `cat`. */
const LOADER = ['sh', '-c', 'cat | conntrack --load-file -'];
const MOST_LOADERS = 4;

// Entry point: `node lab/filler.js <filling> <first> <count>`, started by ballast.ts on the host whose table is to be filled.
const [filling, ...numbers] = process.argv.slice(2);
const [first = 0, count = 0] = numbers.map(Number);
const orphaned = new AbortController();
process.stdin.on('close', () => orphaned.abort()).resume();
// A loader takes a whole CPU: two of them fill a table in half the time.
const loaders = Math.min(availableParallelism(), MOST_LOADERS);
const share = Math.ceil(count / loaders);
const loads = Array.from({ length: loaders }, (_, i) => {
  const done = Math.min(i * share, count);
  return feed(LOADER, entries(filling as Filling, first + done, Math.min(share, count - done)), orphaned.signal);
});
for (const load of await Promise.allSettled(loads)) {
  if (load.status === 'fulfilled') continue;
  process.stderr.write(`${messageOf(load.reason)}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
