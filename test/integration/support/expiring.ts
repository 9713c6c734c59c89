import { join } from 'node:path';
import type { Verdict } from '../../../src/model/result/summary.ts';
import { ctload, readSummary, temporaryFolder } from './ctload.ts';

export interface ExpiringLoad {
  readonly method: 'sysctl' | 'ballast';
  readonly close: 'fin' | 'rst';
  /** How long the entries stay. */
  readonly timeoutSeconds: 1 | 5 | 30;
}

/** Rates whose entries take up half of a table of 300 or more, and seconds in which all of them together would fill it. */
const LOADS = { 1: { rate: 150, seconds: 15 }, 5: { rate: 30, seconds: 20 }, 30: { rate: 7, seconds: 45 } } as const;

/** Short connections whose entries expire during the load, in a table of 300. */
export async function expiring({
  method,
  close,
  timeoutSeconds,
}: ExpiringLoad): Promise<{ readonly code: number | null; readonly verdict: Verdict; readonly peakEntries: number }> {
  const { rate, seconds } = LOADS[timeoutSeconds];
  const timeout = close === 'rst' ? 'tcp_close' : 'tcp_time_wait';
  const folder = join(temporaryFolder(), 'run');
  const sets = [
    `gateway.conntrack={max: 300, method: ${method}, timeouts: {${timeout}: ${timeoutSeconds}s}}`,
    `floods.requests={kind: short, close: ${close}, executor: constant-arrival-rate, rate: ${rate}, duration: ${seconds}s, connectTimeout: 1500ms}`,
  ];
  const flags = ['-q', '--output', folder, ...sets.flatMap((one) => ['--set', one])];
  const { code } = await ctload('run', 'scenarios/smoke.yaml', ...flags);
  const { verdict, conntrack } = readSummary(folder);
  return { code, verdict, peakEntries: conntrack.peakEntries };
}
