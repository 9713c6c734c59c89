import { expect } from 'vitest';
import { defaultKernelKnown } from '../../../src/lab/vm/packages.ts';
import type { Summary } from '../../../src/model/result/summary.ts';
import { runScenario, unfit } from './ctload.ts';
import { ANY } from './dataplanes.ts';

/** Why there is no guest to be had here, or undefined. */
export const noGuest =
  unfit ?? ((await defaultKernelKnown()) ? undefined : 'needs a package of Debian that Ubuntu lacks: linux-image-cloud-amd64');

/** 300 connections; at once where the generator is in the guest, too: translated, it could not keep a rate on a busy machine. */
const ARRIVING = 'executor: constant-arrival-rate, rate: 100, duration: 3s';
const AT_ONCE = 'executor: burst, connections: 300';
const PREFILLED = 60;

interface InGuest {
  readonly family?: 'ipv4' | 'ipv6' | 'dual';
  /** What is in the guest besides the gateway: nothing, or client and backend. */
  readonly scope?: 'gateway' | 'lab';
  /** Whether 300 more connections come when the table is full. */
  readonly thenFull?: boolean;
}

/** 300 connections through a gateway in a guest; how many entries they made, and how many more came through the full table. */
export async function connectionsInGuest(
  gateway: string,
  { scope = 'gateway', thenFull = false, family = 'ipv4' }: InGuest = {},
): Promise<{ readonly entries: number; readonly throughFull: number | undefined; readonly summary: Summary }> {
  const shape = scope === 'lab' ? AT_ONCE : ARRIVING;
  const floods = [
    `room: {kind: short, ${shape}, connectTimeout: 60s, responseTimeout: 60s}`,
    ...(thenFull ? [`full: {kind: short, ${ARRIVING}, startTime: 8s, connectTimeout: 1200ms}`] : []),
  ];
  const { summary } = await runScenario(
    'smoke.yaml',
    [
      ...['--driver', 'vm', '--set', `lab.vm.scope=${scope}`, '--set', `lab.family=${family}`],
      ...['--set', `gateway={${gateway}, conntrack: {max: 1000, prefill: ${PREFILLED}}}`],
      ...['--set', `floods={${floods.join(', ')}}`],
      ...(thenFull ? ['--set', `actions=[{at: 7s, max: ${PREFILLED - 10}}]`] : []),
    ],
    ANY,
  );
  expect(summary.floods['room']).toMatchObject({ attempted: 300, succeeded: 300 });
  return {
    entries: summary.conntrack.peakEntries - PREFILLED,
    throughFull: summary.floods['full']?.succeeded,
    summary,
  };
}
