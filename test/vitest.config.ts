import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
/**
 * Many files in one process: to start a process for each, and to load the same modules again, took most of the time. So a test
 * puts back what it changes in its process (working directory, environment, spies).
 */
const shared = { isolate: false };
/** Tests on a real kernel. One that needs a second attempt is a bug, of the test or of ctload: there is none. */
const real = { ...shared, testTimeout: 120_000, hookTimeout: 120_000, retry: 0 };

/** What runs when, and why: test/README.md. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          ...shared,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Seconds for a busy machine: the first of a file's tests may have a lot to load.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          // No lab, or tables by ballast that others may not disturb: where a table is full, gc takes what it may from every
          // table that is 95 % full (gc_worker in nf_conntrack_core.c), and one with ballast always is. So none here depends on
          // entries in TIME_WAIT. Runs mostly wait: four at a time.
          name: 'side-by-side',
          include: ['test/integration/side-by-side/*.test.ts'],
          ...real,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        root,
        test: {
          // Real namespaces and a host-wide lease: one file at a time.
          name: 'integration',
          include: ['test/integration/*.test.ts'],
          ...real,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        root,
        test: {
          name: 'long',
          include: ['test/integration/long/*.test.ts'],
          ...real,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        root,
        test: {
          // Of the long ones those that need neither the limits nor the CPUs to themselves.
          name: 'long-beside',
          include: ['test/integration/long/side-by-side/*.test.ts'],
          ...real,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
