import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const timeouts = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  root,
  test: {
    projects: [
      { root, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        root,
        test: {
          // Real namespaces, each with a table of its own by ballast: runs mostly wait, so three at a time. Or no lab at all.
          name: 'side-by-side',
          include: ['test/integration/side-by-side/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          ...timeouts,
        },
      },
      {
        root,
        test: {
          // Real namespaces and a host-wide lease: one file at a time.
          name: 'integration',
          include: ['test/integration/*.test.ts'],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          ...timeouts,
        },
      },
    ],
  },
});
