import { delay, monotonic, within } from '../../src/platform/clock.ts';
import type { Host } from '../../src/platform/exec.ts';
import type { Course } from './site.ts';
import { type Reading, steadyRate } from './statistics.ts';

const INTERVAL = 0.05; // seconds between two looks at the backend's counter
const PATIENCE = 10; // seconds beyond its time after which a tool is ended

/**
 * Connections a second that the backend's kernel accepted while `work` went on, from a clean start.
 * @throws the reason of `signal` once that is aborted, when nothing runs any more
 */
export async function measured<T>(
  bench: Course,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly rate: number; readonly result: T }> {
  signal.throwIfAborted();
  await bench.clear();
  const readings: Reading[] = [];
  let over = false;
  const watching = (async () => {
    while (!over) {
      readings.push(bench.accepted(monotonic()));
      await delay(INTERVAL);
    }
  })();
  try {
    const result = await work();
    signal.throwIfAborted();
    return { rate: steadyRate(readings), result };
  } finally {
    over = true;
    await watching;
  }
}

/** Runs `commands` side by side on `host` to their end. Returns what went wrong, if anything did. */
export async function runAll(
  host: Host,
  commands: readonly (readonly string[])[],
  env: Readonly<Record<string, string>>,
  seconds: number,
): Promise<string | undefined> {
  const children = commands.map((argv) => host.spawn(argv, { env }));
  for (const child of children) child.onLine(() => {});
  const ended = Promise.all(children.map((child) => child.exited));
  if (!(await within(ended, seconds + PATIENCE))) {
    for (const child of children) child.kill('SIGKILL');
    return `it did not end within ${seconds + PATIENCE} s`;
  }
  const bad = (await ended).find(({ code }) => code !== 0);
  return bad === undefined ? undefined : `it ended with exit code ${bad.code}: ${bad.stderr.trim().split('\n').at(-1) ?? ''}`;
}
