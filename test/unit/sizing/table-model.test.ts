import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseScenario } from '../../../src/scenario/load.ts';
import { componentsOf as floodComponents } from '../../../src/sizing/floods.ts';
import { componentsOf as streamComponents } from '../../../src/sizing/streams.ts';
import { entriesAt } from '../../../src/sizing/table-model.ts';
import { streamsOfScenario } from '../../../src/sizing/traffic.ts';

const timeouts = { tcp_established: 20, tcp_time_wait: 5, tcp_close: 5, tcp_syn_sent: 5, udp: 5 };
const steady = { executor: 'constant-arrival-rate', rate: 100, duration: '1h' };

function scenarioOf(flood: Record<string, unknown>) {
  const conntrack = { max: 100_000, timeouts: Object.fromEntries(Object.entries(timeouts).map(([name, s]) => [name, `${s}s`])) };
  return parseScenario(stringify({ version: 1, name: 'one', gateway: { conntrack }, floods: { load: flood } }), 'one').scenario;
}

describe('a flood of a scenario and the stream of a plan that stands for it', () => {
  it.each([
    { kind: 'short', close: 'fin', ...steady },
    { kind: 'short', close: 'rst', ...steady },
    { kind: 'stale', ...steady },
    { kind: 'half-open', ...steady },
    { kind: 'udp', ...steady },
    { kind: 'long', executor: 'constant-connections', connections: 700, duration: '1h' },
  ])('have the same entries at every moment: $kind $close', (flood) => {
    const scenario = scenarioOf(flood);
    const [ofFlood] = floodComponents(scenario);
    const traffic = { streams: streamsOfScenario(scenario), peakFactor: 1, replicas: 1, entriesPerConnection: 1 };
    const [ofStream] = streamComponents(traffic, timeouts);
    if (ofFlood === undefined || ofStream === undefined) return expect.fail('no component');
    expect(ofFlood.life).toBe(ofStream.life);
    for (const t of [0.5, 3, 5, 8, 30, 600]) {
      for (const lag of [0, 60]) expect(ofFlood.entriesAt(t, lag)).toBeCloseTo(ofStream.entriesAt(t, lag), 6);
    }
    expect(entriesAt([ofFlood.continuedAt(600)], Number.POSITIVE_INFINITY, 0)).toBeCloseTo(
      ofStream.entriesAt(Number.POSITIVE_INFINITY, 0),
      6,
    );
  });

  it('grow without limit where connections are opened and held', () => {
    const [held] = floodComponents(scenarioOf({ kind: 'long', ...steady }));
    expect(held?.continuedAt(600).entriesAt(Number.POSITIVE_INFINITY, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
