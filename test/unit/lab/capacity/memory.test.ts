import { expect, test } from 'vitest';
import { requireMemory } from '../../../../src/lab/capacity/memory.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';

const MIB = 2 ** 20;
const NEW = { major: 6, minor: 1, patch: null };

test('a million entries take 392 MiB of kernel memory', () => {
  const limits = { max: 1_048_576, buckets: 1_048_576 };
  expect(() => requireMemory(limits, 392 * MIB, NEW)).not.toThrow();
  expect(() => requireMemory(limits, 392 * MIB - 1, NEW)).toThrow(
    /full table of 1,048,576 entries takes 392 MiB of kernel memory; only 392 MiB is available/,
  );
});

test('and more of it on kernels before 6.1', () => {
  const limits = { max: 1_048_576, buckets: 1_048_576 };
  expect(() => requireMemory(limits, 392 * MIB, { major: 5, minor: 10, patch: 0 })).toThrow(/takes 456 MiB/);
});

test('the hint names a table that fits, and the host is called unfit', () => {
  try {
    requireMemory({ max: 100 * MIB, buckets: 100 * MIB }, 1_000 * MIB, NEW);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ exitCode: ExitCode.hostUnfit, hint: expect.stringContaining('gateway.conntrack.max=2674938') });
    expect(() => requireMemory({ max: 2_674_938, buckets: 2_674_938 }, 1_000 * MIB, NEW)).not.toThrow();
  }
});
