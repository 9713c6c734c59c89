import { expect, it } from 'vitest';
import { SNAT_PORTS } from '../../../src/model/node/snat-ports.ts';
import { storyOf } from '../../../src/report/plan/plan-answer.ts';
import { makePlan, type PlanRequest } from '../../../src/session/plan.ts';
import { planRequest } from '../../fixtures/planned.ts';

const m5 = { instanceTypes: ['m5.large'] };
const made = (more: Partial<PlanRequest>) => makePlan(planRequest(m5, more)).plan;
const story = (more: Partial<PlanRequest>) =>
  storyOf({ ...made(more), verification: null, requirements: [], writes: [], paste: {} }).join(' ');

it('held connections to one destination run out of source ports in a table that has room', () => {
  const one = { traffic: { websockets: 100_000 }, destinations: 1 };
  expect(made(one).load).toMatchObject({
    holds: true,
    sourcePorts: { needed: 100_000, available: 64_512, enoughDestinations: 2 },
  });
  expect(story(one)).toMatch(
    /The load fits: .* Source ports run out, not the table: .* snat-ports-exhausted.* use 2 destinations/,
  );
  expect(story({ ...one, destinations: 2 })).not.toContain('Source ports');
  expect(story({ traffic: { websockets: 100_000 } })).not.toContain('Source ports');
});

it('connections that are closing give their port to new ones, datagrams do not', () => {
  expect(made({ traffic: { rate: 1000, lifetimeSeconds: 2 }, destinations: 1 }).load.sourcePorts?.needed).toBe(2_000);
  expect(made({ traffic: { dnsQps: 3000 }, destinations: 1 }).load.sourcePorts?.needed).toBe(90_000);
});

it('destinations are of no account where nothing is masqueraded', () => {
  for (const dataplane of ['proxy', 'forward', 'notrack'] as const) {
    expect(() => made({ traffic: { rate: 5 }, destinations: 1, dataplane })).toThrow(
      `dataplane ${dataplane} does not masquerade`,
    );
  }
  expect(SNAT_PORTS).toBe(65_535 - 1_024 + 1);
});

it('UDP flows that go on are held, ASSURED, and live for udp_stream once they end', () => {
  const { load } = made({ traffic: { udpStreams: 20_000 }, timeouts: { udp_stream: 300 } });
  expect(load).toMatchObject({ entries: 20_000, byState: { UDP_STREAM: 20_000 }, dropShareWhenFull: 1 });
  expect(load.recoverySeconds).toBeGreaterThanOrEqual(300);
});

it('a connection has as many entries as is said, where ctload cannot build what makes them', () => {
  const plan = made({ traffic: { rate: 100 }, entriesPerConnection: 3 });
  expect(plan).toMatchObject({ entriesPerConnection: 3, load: { entries: 3 * 12_000 } });
  expect(plan.assumptions).toContain('iptables {entriesPerConnection: 3}: 3 conntrack entries per connection');
});
