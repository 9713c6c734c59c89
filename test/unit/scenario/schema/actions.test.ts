import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../src/model/input/scenario.ts';
import { parseAnyScenario, parseScenario } from '../../../../src/scenario/load.ts';

function file(actions: string, more = ''): string {
  return `
version: 1
name: outage
gateway: {conntrack: {max: 500}}
floods:
  web: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 20s, startTime: 5s, connectTimeout: 2s}
actions: ${actions}
${more}`;
}

function actionsOf(actions: string): Scenario['actions'] {
  return parseScenario(file(actions), 'outage.yaml').scenario.actions;
}

const wrong = (text: string) => {
  try {
    parseAnyScenario(text, 'outage.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it passed');
};

describe('actions', () => {
  it('are read in their order, and written so that they read back the same', () => {
    const wanted =
      '[{at: 20s, max: 8k}, {at: 1m2s, timeouts: {tcp_time_wait: 10s}}, {at: 250ms, delete: {state: TIME_WAIT}}, {at: 0s, flush: true}, {at: 3s, endpoint: gone}]';
    const text = file(wanted).replace('duration: 20s', 'duration: 2m');
    const { scenario, resolved } = parseScenario(text, 'outage.yaml');
    expect(scenario.actions).toEqual([
      { atSeconds: 20, max: 8000 },
      { atSeconds: 62, timeouts: { tcp_time_wait: 10 } },
      { atSeconds: 0.25, delete: { state: 'TIME_WAIT' } },
      { atSeconds: 0, flush: true },
      { atSeconds: 3, endpoint: 'gone' },
    ]);
    expect(parseScenario(resolved, 'resolved.yaml')).toEqual({ scenario, resolved });
  });

  it('leave no trace where there are none', () => {
    expect(actionsOf('[]')).toBeUndefined();
  });

  it.each([
    ['[{at: 5s}]', 'actions.0: needs one of max, timeouts, delete, flush, endpoint'],
    ['[{at: 5s, max: 900, flush: true}]', 'actions.0: has max and flush, but an action does one thing'],
    ['[{at: 27s, flush: true}]', 'actions.0.at: is too late: the load is over after 27 s'],
    ['[{at: 5s, delete: {}}]', 'actions.0.delete: needs state or protocol'],
    ['[{at: 5s, delete: {state: CLOSE, protocol: udp}}]', 'cannot be combined with protocol: udp'],
    ['[{at: 5s, delete: {state: TIMEWAIT}}]', 'did you mean TIME_WAIT?'],
    ['[{at: 5s, timeouts: {}}]', 'needs at least one timeout'],
    ['[{at: 5s, timeouts: {tcp_time_wait: 500ms}}]', 'must be at least 1s'],
    ['[{at: 5s, endpoint: away}]', 'actions.0.endpoint: must be gone'],
    ['[{at: 5s, endpoint: gone}, {at: 6s, endpoint: gone}]', 'actions.1.endpoint: may be done once'],
    ['[{at: 5, flush: true}]', '5 has no unit'],
  ])('%s is refused', (actions, message) => {
    expect(wrong(file(actions))).toContain(message);
  });

  it('may come while the last attempts still wait for a connection', () => {
    expect(actionsOf('[{at: 26.9s, flush: true}]')).toHaveLength(1);
  });

  it('are refused where they could not help or change nothing', () => {
    expect(wrong(file('[{at: 5s, flush: true}]', 'stopWhen: certain'))).toContain('stopWhen: cannot be combined with actions');
    const ballast = file('[{at: 5s, max: 900}]').replace('max: 500', 'max: 500, method: ballast');
    expect(wrong(ballast)).toContain('actions.0.max: not possible with method: ballast');
    for (const gateway of ['dataplane: forward', 'rules: {nftables: "table ip x {\\n}\\n", mode: replace}']) {
      const gone = file('[{at: 5s, endpoint: gone}]').replace('{conntrack:', `{${gateway}, conntrack:`);
      expect(wrong(gone)).toContain('actions.0.endpoint: needs rules of ctload’s that lead new flows elsewhere');
    }
    const external = file('[{at: 5s, flush: true}]').replace(/gateway: .*/, 'lab: {driver: external, target: 127.0.0.1:80}');
    expect(wrong(external)).toContain(
      'actions: not allowed with driver: external: ctload changes nothing in an existing gateway',
    );
  });
});
