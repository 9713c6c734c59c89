import { join } from 'node:path';
import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { ctload, expectBalanced, readSummary, temporaryFolder } from './ctload.ts';

/** A load on pods of a cluster. */
export const POD_LOAD = 'test/integration/support/kubernetes/smoke.yaml';

/** That load with `values` set breaks a node's table of `max` entries, for certain, and every drop is accounted for. */
export async function breaksNode(
  max: number,
  values: readonly string[] = [],
): Promise<{ readonly summary: Summary; readonly said: string }> {
  const output = join(temporaryFolder(), 'run');
  const set = values.flatMap((value) => ['--set', value]);
  const { code, stderr, stdout } = await ctload('run', POD_LOAD, '--output', output, ...set);
  const said = stderr + stdout;
  expect(code, said).toBe(0);
  const summary = readSummary(output);
  expect(summary.verdict, said).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
  expect(summary.breakingPoint?.entries, said).toBeGreaterThan(max * 0.99);
  expectBalanced(summary);
  return { summary, said };
}
