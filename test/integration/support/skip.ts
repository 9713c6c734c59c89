import { beforeEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped; .ci/summary.mjs compares it with .ci/allowed-skips. */
    skipped?: string;
  }
}

const said = new Set<string>();

/** Options of a test or a suite that is skipped for `reason`, or runs where that is undefined. */
export function skipFor(reason: string | undefined): { skip?: true; meta?: { skipped: string } } {
  if (reason === undefined) return {};
  if (!said.has(reason)) process.stderr.write(`skipping tests: ${reason}\n`);
  said.add(reason);
  return { skip: true, meta: { skipped: reason } };
}

/** The same for all tests of a file. */
export function skipFileFor(reason: string | undefined): void {
  beforeEach(({ skip, task }) => {
    if (reason === undefined) return;
    task.meta.skipped = reason;
    skip(reason);
  });
}
