import { expect, test } from 'vitest';
import { requireMemory } from '../../../../src/lab/capacity/memory.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';

const MIB = 2 ** 20;
const of = (availableBytes: number, kernel = { major: 6, minor: 1, patch: 0 }) => ({ availableBytes, kernel, more: 'buy some' });

test('a million entries take 392 MiB of kernel memory', () => {
  const limits = { max: 1_048_576, buckets: 1_048_576 };
  expect(() => requireMemory(limits, of(392 * MIB))).not.toThrow();
  expect(() => requireMemory(limits, of(392 * MIB - 1))).toThrow(
    /full table of 1,048,576 entries takes 392 MiB of kernel memory; only 392 MiB is available/,
  );
});

test('and more of it on kernels before 6.1', () => {
  const limits = { max: 1_048_576, buckets: 1_048_576 };
  expect(() => requireMemory(limits, of(392 * MIB, { major: 5, minor: 10, patch: 0 }))).toThrow(/takes 456 MiB/);
});

test('the hint names a table that fits, and the host is called unfit', () => {
  try {
    requireMemory({ max: 100 * MIB, buckets: 100 * MIB }, of(1_000 * MIB));
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({
      exitCode: ExitCode.hostUnfit,
      hint: 'use --set gateway.conntrack.max=2674938 or less, or buy some',
    });
    expect(() => requireMemory({ max: 2_674_938, buckets: 2_674_938 }, of(1_000 * MIB))).not.toThrow();
  }
});
