import { expect } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { evictedByGc, expectPrediction, mostListed, readRecords, runScenario } from './ctload.ts';

/** dns.yaml breaks, and every drop is a query without an answer. */
export async function everyDropIsAQuery(dataplane: 'iptables' | 'nftables', more: readonly string[] = []): Promise<void> {
  const set = [`gateway.dataplane=${dataplane}`, ...more].flatMap((one) => ['--set', one]);
  const { summary, folder, stdout } = await runScenario('dns.yaml', set, [0, ExitCode.generatorBound]);
  const { conntrack, accounting, floods, verdict } = summary;
  if (!evictedByGc(summary)) expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
  expect(conntrack.peakEntries).toBe(conntrack.effectiveMax);
  expect(accounting).toMatchObject({ share: 1, datagramsLost: conntrack.drop, explainedByClients: conntrack.drop });
  const { lookups } = floods;
  const evicted = strayAnswers(folder);
  expect(lookups).toMatchObject({ attempted: 4000, failed: conntrack.drop + evicted });
  expect(lookups?.failures['conntrack-full']).toBe(conntrack.drop);
  expect(lookups?.failures['conntrack-evicted'] ?? 0).toBe(evicted);
  expect(lookups?.latencyMs['waiting']?.count).toBe(lookups?.succeeded);
  expect(lookups?.latencyMs['waiting']?.p50).toBeLessThan(500); // a quarter of what they would be waited for
  // Nine tenths are ASSURED: exp(−1.6) of the queries that meet the full table are lost, the others evict.
  expect(Math.abs((conntrack.measuredDropShareWhenFull ?? 0) - Math.exp(-1.6))).toBeLessThan(0.05);
  expectPrediction(summary, folder, Math.exp(-1.6), 0.05);
  expect(stdout).toContain(`${conntrack.drop.toLocaleString('en-US')} datagrams that did not arrive (ratio 1.000)`);
  expect(mostListed(folder, 'udp')).toBeGreaterThan(350);
}

/** Answers whose entry was evicted while they were under way, and that took a new one: they end at the gateway itself. */
function strayAnswers(folder: string): number {
  const counted = readRecords(folder).flatMap((record) =>
    record.type === 'netstat' && record.host === 'gateway'
      ? (record.counters['UdpNoPorts'] ?? 0) + (record.counters['Udp6NoPorts'] ?? 0)
      : [],
  );
  return (counted.at(-1) ?? 0) - (counted[0] ?? 0);
}

/**
 * dns-race.yaml: whatever clashes, the kernel resolves it, and lookups do not fail.
 *
 * Public figure: "DNS lookups from Pods sometimes taking 5 or even more seconds" on kernels of 2018 (Weaveworks, "Racy conntrack and
 * DNS lookup timeouts", kubernetes/kubernetes#56903), because one of the two queries was dropped. Kernels since 2020 let it through
 * ("netfilter: conntrack: allow insertion of clashing entries"). How often two cores send at the same moment depends on what else they
 * do, so no share is asked for: 3.6 % here, without other programs; 74 % at 1,000 lookups per second.
 */
export async function hardlyAnyIsLost(assignments: readonly string[]): Promise<Summary> {
  const { summary } = await runScenario(
    'dns-race.yaml',
    assignments.flatMap((one) => ['--set', one]),
  );
  const { verdict, conntrack, accounting, floods, prediction } = summary;
  const { attempted = 0, succeeded = 0, latencyMs } = floods['lookups'] ?? {};
  expect(verdict, verdict.reasons.join('\n')).toMatchObject({ kind: 'held', validity: 'valid' });
  expect(attempted).toBeGreaterThan(0);
  expect(conntrack.insertFailed).toBeLessThanOrEqual(attempted / 1000);
  expect(attempted - succeeded).toBeLessThanOrEqual(conntrack.insertFailed);
  expect(accounting.datagramsLost).toBeLessThanOrEqual(conntrack.insertFailed);
  if (succeeded === attempted) expect(latencyMs?.['waiting']?.max).toBeLessThan(5000); // nobody waited for a resolver's time limit
  const peak = prediction.find(({ quantity }) => quantity === 'peakEntries');
  // Of those that clash, half have a second entry, which the prediction is without.
  const { difference = null } = peak ?? {};
  expect(difference).toBeGreaterThan(-0.1 * attempted);
  expect(difference).toBeLessThan(0.1 * attempted + 0.5 * (conntrack.clashResolve ?? 0));
  return summary;
}
