import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
/**
 * Tests on a real kernel. A virtual machine that stands still for half a second spoils a measurement, and ctload says so: once
 * more, then. `.ci/summary.mjs` names the tests that needed it.
 */
const real = { testTimeout: 120_000, hookTimeout: 120_000, retry: 1 };

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // One process for many files: to start one for each, and to load the same modules again, took most of the time. So a
          // test puts back what it changes in its process (working directory, spies), as afterEach does here.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Seconds for a busy machine: the first of a file's tests may have a lot to load.
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          // No lab, or tables by ballast that others may not disturb: where a table is full, gc takes what it may from every
          // table that is 95 % full (gc_worker in nf_conntrack_core.c), and one with ballast always is. So none here depends on
          // entries in TIME_WAIT. Runs mostly wait: two at a time.
          name: 'side-by-side',
          include: ['test/integration/side-by-side/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          ...real,
        },
      },
      {
        root,
        test: {
          // Real namespaces and a host-wide lease: one file at a time.
          name: 'integration',
          include: ['test/integration/{,long/}*.test.ts'],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          ...real,
        },
      },
    ],
  },
});
