import { describe, expect, it } from 'vitest';
import { standard } from '../../../../src/model/input/tracking.ts';
import type { Stream } from '../../../../src/model/node/traffic.ts';
import { remediesFor } from '../../../../src/sizing/advice/remedies.ts';
import { type PlanInputs, peakEntries } from '../../../../src/sizing/node-load.ts';

const REQUESTS: Stream = { kind: 'requests', name: 'requests', rate: 2000, lifetimeSeconds: 0.1, close: 'fin' };

function inputs(streams: readonly Stream[], entriesPerConnection = 1): PlanInputs {
  return {
    table: { max: 131_072, buckets: 131_072 },
    traffic: { streams, peakFactor: 1, replicas: 1, entriesPerConnection },
    timeouts: {},
    headroom: 0.3,
  };
}

const remedies = (setting: PlanInputs) => remediesFor(setting, { forwarding: standard('iptables'), biggerNode: undefined });

describe('remedies of a load that does not fit', () => {
  const setting = inputs([REQUESTS]);
  const [max, timeout, keepAlive, nodes, ...dataplanes] = remedies(setting);

  it('are just enough', () => {
    expect([max?.kind, timeout?.name, keepAlive?.kind, nodes?.kind]).toEqual(['max', 'tcp_time_wait', 'keep-alive', 'nodes']);
    for (const one of [max, timeout, keepAlive, nodes]) expect(one).toMatchObject({ keepsHeadroom: true });
    const fewer = (keepAlive?.value ?? 0) - 1;
    const stream: Stream = { ...REQUESTS, rate: REQUESTS.rate / fewer, lifetimeSeconds: REQUESTS.lifetimeSeconds * fewer };
    expect(peakEntries(inputs([stream]))).toBeGreaterThan(0.7 * 131_072);
    const { traffic } = setting;
    const oneLess = { ...setting, traffic: { ...traffic, replicas: (nodes?.value ?? 0) - 1 } };
    expect(peakEntries(oneLess)).toBeGreaterThan(0.7 * 131_072);
  });

  it('end with the dataplanes, those first that make no entries', () => {
    const past = dataplanes.filter(({ value }) => value === 0);
    const rest = dataplanes.slice(past.length);
    expect(past.map(({ name }) => name)).toEqual([
      'notrack',
      'ipvs {conntrack: false, notrack: true}',
      'tunnel {kind: wireguard, ends: beyond}',
    ]);
    for (const one of past) expect(one).toMatchObject({ kind: 'dataplane', peakUtilization: 0, keepsHeadroom: true });
    expect(rest.map(({ keepsHeadroom }) => keepsHeadroom)).not.toContain(true);
    expect(rest.at(-1)).toMatchObject({ name: 'proxy', value: 2 });
    expect(rest.map(({ name }) => name)).toContain('ipvs');
  });
});

it('has no remedies for a load that fits, or that has no entries', () => {
  expect(remedies(inputs([{ ...REQUESTS, rate: 10 }]))).toEqual([]);
  expect(remedies(inputs([REQUESTS], 0))).toEqual([]);
});

it('does not offer keep-alive to connections that are held, or never closed', () => {
  const held: Stream = { kind: 'held', name: 'websockets', connections: 200_000, state: 'ESTABLISHED' };
  const half: Stream = { ...REQUESTS, close: 'half' };
  for (const stream of [held, half]) {
    expect(remedies(inputs([stream])).map(({ kind }) => kind)).not.toContain('keep-alive');
  }
});
