import { loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { dropShareWhenFull } from '../model/node/early-drop.ts';
import type { Expectation } from '../model/result/expectation.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { flowOf } from './flow.ts';
import { expectedEntries, predict } from './predict.ts';

/** What the model expects of a run of `scenario` in a table of `capacity`. */
export function expectationOf(scenario: Scenario, capacity: Capacity): Expectation {
  const prediction = predict(scenario);
  const fits = (entries: number) => Math.min(entries, capacity.effectiveMax);
  const seconds = loadSeconds(scenario.floods);
  const full = prediction.outcome === 'breaks' ? prediction.fullAfterSeconds : null;
  const at = Math.min(full ?? seconds, seconds);
  const flows = scenario.floods.map((flood) => flowOf(flood, scenario.gateway.conntrack.timeouts));
  const opened = flows.reduce((sum, flow) => sum + flow.opened(at), 0);
  const prefilled = prefillEntries(scenario.gateway.conntrack);
  return {
    loadSeconds: seconds,
    fullAtSeconds: full,
    peakEntries: fits(prediction.peakEntries),
    steadyEntries: prediction.steadyEntries === null ? null : fits(prediction.steadyEntries),
    settledAfterSeconds: Math.max(0, ...flows.map((flow) => flow.linger)),
    dropShareWhenFull: full === null ? null : expectedDropShare(scenario, capacity, full),
    entriesPerConnection: opened === 0 ? null : (expectedEntries(scenario)(at) - prefilled) / opened,
  };
}

/** Half-open and UDP entries are all that early drop may evict; what is under way is too little to matter. */
function expectedDropShare(scenario: Scenario, { max, buckets, effectiveMax }: Capacity, full: number): number {
  const evictable = scenario.floods
    .filter(({ kind }) => kind === 'half-open' || kind === 'udp')
    .map((flood) => flowOf(flood, scenario.gateway.conntrack.timeouts))
    .reduce((sum, flow) => sum + flow.opened(full) - flow.ended(full - flow.linger), 0);
  return dropShareWhenFull(Math.min(evictable, effectiveMax) / max, max, buckets);
}
