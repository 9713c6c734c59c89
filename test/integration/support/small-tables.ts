import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

const FOLDER = '/proc/sys/net/netfilter';
const LIMITS = ['nf_conntrack_max', 'nf_conntrack_buckets'];
/** Entries, and buckets. A lab by ballast holds all but its own share of it. */
const SMALL = 65_536;
/** Entries of the machine's own, up to which it can do with a smaller table. */
const QUIET = 5_000;

/** Waits for the end of its stdin, which comes with the end of the tests, however they end. */
const RESTORE = `cat; for pair; do echo "\${pair#*=}" >"${FOLDER}/\${pair%%=*}"; done`;

/**
 * A smaller table for this machine while labs by ballast run side by side, of as many buckets for each entry as before. To fill
 * the 262,144 places of the kernel's default took more CPU time than the load, for each run. Nothing where the tests may not, or
 * where tests that want the table as it is are part of the same run of vitest.
 */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.getuid?.() !== 0 || vitest.projects.some(({ name }) => name === 'integration' || name === 'long')) return;
  const before = LIMITS.map((name) => `${name}=${read(name)}`);
  if (read('nf_conntrack_count') > QUIET || LIMITS.some((name) => read(name) <= SMALL)) return;
  const restorer = spawn('sh', ['-c', RESTORE, 'sh', ...before], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  const restored = new Promise((resolve) => restorer.on('exit', resolve));
  for (const name of LIMITS) write(name, SMALL);
  return async () => {
    restorer.stdin.end();
    await restored;
  };
}

function read(name: string): number {
  return Number(readFileSync(`${FOLDER}/${name}`, 'utf8'));
}

function write(name: string, value: number): void {
  writeFileSync(`${FOLDER}/${name}`, String(value));
}
