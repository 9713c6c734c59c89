// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names in configurations
import { describe, expect, it } from 'vitest';
import { loadScenario, parseScenario } from '../../../src/scenario/load.ts';
import { predict } from '../../../src/sizing/predict.ts';
import { errorOf } from '../../fixtures/error-of.ts';
import { scenarioNextTo } from '../../fixtures/scenario-file.ts';

const CONFIG = 'events {}\nhttp { upstream a { server ${ENDPOINT_1}; } server { listen ${SERVICE}; set $x "$host$$"; } }\n';
const SHORT = 'web: {kind: short, executor: burst, connections: 10}';

/** A scenario next to a file with this configuration. */
function scenario(proxy: string, { config = CONFIG, dataplane = 'proxy', floods = SHORT } = {}): string {
  return scenarioNextTo('my.conf', config, {
    gateway: `dataplane: ${dataplane}, conntrack: {max: 500}, proxy: ${proxy}`,
    floods,
  });
}

const refusalOf = (file: string) => errorOf(() => loadScenario(file)).message;

describe('the configuration of a proxy', () => {
  it('is read from a file next to the scenario, and stands in the record: it reads back without the file', () => {
    const { scenario: loaded, resolved } = loadScenario(scenario('{implementation: nginx, config: my.conf}'));
    expect(loaded.gateway.proxy).toEqual({ implementation: 'nginx', config: CONFIG });
    expect(parseScenario(resolved, 'elsewhere/scenario.resolved.yaml')).toEqual({ scenario: loaded, resolved });
  });

  it.each([
    ['{implementation: nginx, config: other.conf}', {}, 'gateway.proxy.config: cannot read other.conf: no such file'],
    ['{implementation: nginx, config: my.conf}', { config: 'events {}\n include a.conf;\n' }, 'include is not possible'],
    ['{implementation: nginx, config: my.conf, keepAlive: true}', {}, 'gateway.proxy.keepAlive: cannot be combined with config'],
    ['{config: my.conf}', {}, 'gateway.proxy.config: needs implementation: nginx or haproxy'],
    ['{keepAlive: true}', {}, 'gateway.proxy.keepAlive: needs implementation: nginx or haproxy'],
    [
      '{implementation: envoy}',
      {},
      'envoy is not supported yet (Debian has no package of it); choose one of built-in, nginx, haproxy',
    ],
    ['{implementation: nginx}', { dataplane: 'iptables' }, 'gateway.proxy: only allowed with dataplane proxy'],
    [
      '{implementation: haproxy}',
      { floods: 'held: {kind: long, protocol: tcp, executor: burst, connections: 10}' },
      'floods.held.protocol: haproxy is an HTTP proxy here',
    ],
  ])('is checked: %s %o', (proxy, more, message) => {
    expect(refusalOf(scenario(proxy, more))).toContain(message);
  });

  it('may forward TCP', () => {
    const floods = 'held: {kind: long, protocol: tcp, executor: burst, connections: 10}';
    expect(loadScenario(scenario('{implementation: haproxy, config: my.conf}', { floods })).scenario.floods).toHaveLength(1);
  });
});

it('with keep-alive a request has one entry, a held connection still two', () => {
  const floods = `${SHORT}, held: {kind: long, executor: burst, connections: 10}`;
  const peaks = (proxy: string) =>
    predict(loadScenario(scenario(proxy, { floods })).scenario).floods.map(({ peakEntries }) => peakEntries);
  expect(peaks('{implementation: nginx}')).toEqual([20, 20]);
  expect(peaks('{implementation: nginx, keepAlive: true}')).toEqual([10, 20]);
});
