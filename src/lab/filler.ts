import { messageOf } from '../platform/errors.ts';
import { feed } from '../platform/feed.ts';
import { entries, type Filling } from './ballast.ts';

/** conntrack opens /dev/stdin by name, which works on a pipe but not on the socket Node gives a child: hence `cat`. */
const LOADER = ['sh', '-c', 'cat | conntrack --load-file -'];

// Entry point: `node lab/filler.js <filling> <first> <count>`, started by ballast.ts on the host whose table is to be filled.
const [filling, first, count] = process.argv.slice(2);
const orphaned = new AbortController();
process.stdin.on('close', () => orphaned.abort()).resume();
try {
  await feed(LOADER, entries(filling as Filling, Number(first), Number(count)), orphaned.signal);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
