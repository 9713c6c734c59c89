import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { runScenario } from './ctload.ts';

const HELD = 'sockets: {kind: long, protocol: tcp, executor: constant-connections, connections: 300, duration: 2s}';
const RATE = 'executor: constant-arrival-rate, rate: 150, duration: 2s';
const QUERIES = `queries: {kind: udp, reply: true, responseTimeout: 1s, ${RATE}}`;
/** Where another run's table is full, gc may take entries that are not ESTABLISHED from this one. */
export const ANY = [0, ExitCode.generatorBound];
export const REQUESTS = `requests: {kind: short, connectTimeout: 1200ms, ${RATE}}`;

/** After those: from a table with ballast gc may evict what closes or is not ASSURED, once another table was full. */
export const LEASE = ['--set', 'gateway.conntrack.method=sysctl'];

/** Flags for a gateway by ballast, so that others may run beside it. */
export function flows(gateway: string, floods: string, conntrack = 'max: 1000'): string[] {
  const settings = [`gateway={${gateway}, conntrack: {${conntrack}, method: ballast}}`, `floods={${floods}}`];
  return settings.flatMap((assignment) => ['--set', assignment]);
}

/** 300 connections, held at once, make so many entries. */
export async function connectionsMake(entries: number, gateway: string): Promise<void> {
  const summary = await holdConnections(gateway);
  expect(Math.abs(summary.conntrack.peakEntries - entries)).toBeLessThanOrEqual(entries / 100);
  expect(summary.verdict.reasonCodes?.includes('load-untracked')).toBe(entries === 0);
}

/** The most entries there were of 300 connections, held at once. */
export async function peakOfConnections(gateway: string): Promise<number> {
  return (await holdConnections(gateway)).conntrack.peakEntries;
}

async function holdConnections(gateway: string): Promise<Summary> {
  const { summary } = await runScenario('smoke.yaml', flows(gateway, HELD), ANY);
  expect(summary.floods['sockets']).toMatchObject({ attempted: 300, succeeded: 300, peakOpen: 300 });
  expect(summary.conntrack.drop).toBe(0);
  return summary;
}

/** 300 datagrams with a reply pass; the most entries there were. */
export async function peakOfDatagrams(gateway: string, more: readonly string[] = []): Promise<number> {
  const { summary } = await runScenario('smoke.yaml', [...flows(gateway, QUERIES), ...more], ANY);
  expect(summary.floods['queries']).toMatchObject({ attempted: 300, succeeded: 300 });
  return summary.conntrack.peakEntries;
}
