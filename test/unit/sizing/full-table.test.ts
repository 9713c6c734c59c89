import { describe, expect, it } from 'vitest';
import { bucketsFor } from '../../../src/model/input/scenario.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { describePrediction } from '../../../src/sizing/describe.ts';
import { expectationOf } from '../../../src/sizing/expectation.ts';
import { loadOn } from '../../../src/sizing/node-load.ts';
import { predict } from '../../../src/sizing/predict.ts';
import { streamsOfScenario } from '../../../src/sizing/traffic.ts';

const scenario = (conntrack: string, flood: string) =>
  parseScenario(`version: 1\nname: t\ngateway: {conntrack: {${conntrack}}}\nfloods: {f: {${flood}}}\n`, 't.yaml').scenario;

/** The plan of a scenario, each flood at its peak for ever. */
function planOf(of: ReturnType<typeof scenario>) {
  const { conntrack } = of.gateway;
  const traffic = { streams: streamsOfScenario(of), peakFactor: 1, replicas: 1, entriesPerConnection: 1 };
  return loadOn({ table: { max: conntrack.max, buckets: bucketsFor(conntrack) }, traffic, timeouts: {}, headroom: 0.3 });
}

const SCAN = scenario('max: 16384, buckets: 4096', 'kind: half-open, executor: constant-arrival-rate, rate: 938, duration: 30s');
const VXLAN = scenario('max: 4096', 'kind: udp, executor: constant-arrival-rate, rate: 500, duration: 15s');

describe('a full table of flows for which no client waits', () => {
  it('evicts: half-open', () => {
    const prediction = predict(SCAN);
    expect(prediction).toMatchObject({ outcome: 'evicts', hashChains: null });
    expect(prediction.fullAfterSeconds).toBeCloseTo(17.5, 1);
    expect(prediction.evictedFlows).toBeCloseTo(11_756, -2);
    expect(describePrediction(prediction)[0]).toMatch(
      /full after 17.5 s at 938 conn\/s, then evicts about 11,7\d\d flows; no waiting client affected: holds/,
    );
    expect(planOf(SCAN)).toMatchObject({ outcome: 'evicts', holds: false, chainRefusedShare: 0 });
  });

  it('evicts: UDP one way, but not UDP whose answers are awaited', () => {
    expect(predict(VXLAN)).toMatchObject({ outcome: 'evicts', fullAfterSeconds: 8.192 });
    expect(planOf(VXLAN).outcome).toBe('evicts');
    const dns = scenario('max: 4096', 'kind: udp, reply: true, executor: constant-arrival-rate, rate: 500, duration: 15s');
    expect(predict(dns)).toMatchObject({ outcome: 'breaks', fullAfterSeconds: 8.192, evictedFlows: null });
    expect(planOf(dns).outcome).toBe('breaks');
  });

  it('breaks where the early-drop law says that it drops', () => {
    const sparse = scenario(
      'max: 2048, buckets: 65536',
      'kind: half-open, executor: constant-arrival-rate, rate: 500, duration: 9s',
    );
    expect(predict(sparse).outcome).toBe('breaks');
    expect(planOf(sparse).outcome).toBe('breaks');
  });

  it('is expected to be full all the same', () => {
    const capacity = {
      method: 'sysctl',
      why: '',
      max: 4096,
      buckets: 4096,
      ballast: 0,
      effectiveMax: 4096,
      prefilled: 0,
    } as const;
    expect(expectationOf(VXLAN, capacity)).toMatchObject({ fullAtSeconds: 8.192, peakEntries: 4096 });
  });
});

describe('nf_conntrack_max raised without nf_conntrack_buckets', () => {
  const load = 'kind: short, executor: constant-arrival-rate, rate: 3000, duration: 20s';

  it('breaks before the table is full, with a warning that names the buckets', () => {
    const prediction = predict(scenario('max: 100000, buckets: 512', load));
    expect(prediction).toMatchObject({ outcome: 'breaks', fullAfterSeconds: null });
    expect(prediction.hashChains?.entries).toBeGreaterThan(7000);
    expect(prediction.hashChains?.entries).toBeLessThan(10_000);
    expect(prediction.hashChains?.afterSeconds).toBeCloseTo((prediction.hashChains?.entries ?? 0) / 3000, 2);
    const [first, warning] = describePrediction(prediction);
    expect(first).toContain('Prediction: hash chains too long after ');
    expect(warning).toContain('raise nf_conntrack_buckets to 25,000 or more');
    expect(planOf(scenario('max: 1000000, buckets: 512', load))).toMatchObject({ outcome: 'breaks', chainRefusedShare: 1 });
  });

  it('does no harm with buckets raised as well', () => {
    expect(predict(scenario('max: 100000, buckets: 25600', load))).toMatchObject({ outcome: 'holds', hashChains: null });
    expect(planOf(scenario('max: 1000000, buckets: 262144', load))).toMatchObject({ outcome: 'holds', chainRefusedShare: 0 });
  });
});
