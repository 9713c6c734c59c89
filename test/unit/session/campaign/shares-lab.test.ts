import { expect, it } from 'vitest';
import { parseScenario } from '../../../../src/scenario/load.ts';
import { sharesLab } from '../../../../src/session/campaign/shares-lab.ts';

const TEXT = `version: 1
name: rates
gateway: {conntrack: {max: 500, method: sysctl}}
floods: {requests: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 4s}}
`;
const scenario = (...set: string[]) => parseScenario(TEXT, 'rates.yaml', { set }).scenario;

it.each([['floods.requests.rate=400'], ['floods.requests.kind=long'], ['thresholds.conn_failed=["rate<0.01"]']])(
  'the load alone may differ: %s',
  (override) => {
    expect(sharesLab(scenario(), scenario(override))).toBe(true);
  },
);

it.each([
  ['gateway.conntrack.max=1000'],
  ['gateway.conntrack.timeouts.tcp_time_wait=30s'],
  ['gateway.dataplane=nftables'],
  ['lab.driver=vm'],
  ['floods.requests.kind=half-open'],
])('not what the lab is made of: %s', (override) => {
  expect(sharesLab(scenario(), scenario(override))).toBe(false);
});

it.each([['gateway.dataplane=ipvs'], ['actions=[{at: 1s, max: 400}]']])(
  'nor where more than the table remembers a load: %s',
  (override) => {
    expect(sharesLab(scenario(override), scenario(override))).toBe(false);
  },
);
