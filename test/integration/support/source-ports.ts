import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { runScenario } from './ctload.ts';

/** one-destination.yaml with `assignments`. By ballast unless they say otherwise: what is held stays in the table. */
export async function towardsOne(assignments: readonly string[], codes: readonly number[] = [0]): Promise<Summary> {
  const all = ['gateway.conntrack.method=ballast', ...assignments];
  const { summary } = await runScenario(
    'one-destination.yaml',
    all.flatMap((one) => ['--set', one]),
    codes,
  );
  return summary;
}

/** The gateway's `ports` are what its connections to one destination get, and everything that it refused is accounted for. */
export function ranOutOfPorts(summary: Summary, ports: number): void {
  const { verdict, attribution, accounting, conntrack, floods, prediction } = summary;
  const { attempted = 0, succeeded, failures = {} } = floods['connections'] ?? {};
  expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'broke', cause: 'snat-ports-exhausted', validity: 'valid' });
  expect(succeeded).toBe(ports);
  expect(failures).toEqual({ 'snat-ports-exhausted': attempted - ports });
  expect(attribution[0]).toMatchObject({ cause: 'snat-ports-exhausted', share: 1 });
  // Never called a full table: the kernel's drop counter rose as much as insert_failed, but the table had room.
  expect(conntrack).toMatchObject({ drop: 0, tableFullLogLines: 0, clashes: conntrack.insertFailed });
  expect(accounting.kernelDrops).toBe(0);
  expect(accounting.synRetransmissions + accounting.abandoned + accounting.datagramsLost).toBe(conntrack.clashes);
  // Entries of ICMP errors or neighbours aside, one for each port.
  expect(Math.abs(conntrack.peakEntries - ports)).toBeLessThan(0.02 * ports);
  const peak = prediction.find(({ quantity }) => quantity === 'peakEntries');
  expect(Math.abs((peak?.difference ?? Number.POSITIVE_INFINITY) / ports)).toBeLessThan(0.1);
}
