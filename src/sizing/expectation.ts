import { loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { dropShareWhenFull } from '../model/node/early-drop.ts';
import type { Expectation } from '../model/result/expectation.ts';
import { sum } from '../model/sum.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { componentsOf } from './floods.ts';
import { expectedEntries, predict } from './predict.ts';
import { evictableEntries } from './table-model.ts';

/** What the model expects of a run of `scenario` in a table of `capacity`. */
export function expectationOf(scenario: Scenario, capacity: Capacity): Expectation {
  const { max, buckets, effectiveMax } = capacity;
  const prediction = predict(scenario);
  const fits = (entries: number) => Math.min(entries, effectiveMax);
  const seconds = loadSeconds(scenario.floods);
  const fills = prediction.outcome === 'breaks' || prediction.outcome === 'evicts';
  const full = fills && prediction.hashChains === null ? prediction.fullAfterSeconds : null;
  const at = Math.min(full ?? seconds, seconds);
  const floods = componentsOf(scenario);
  const opened = sum(floods, ({ flow }) => flow.opened(at));
  return {
    loadSeconds: seconds,
    fullAtSeconds: full,
    peakEntries: fits(prediction.peakEntries),
    steadyEntries: prediction.steadyEntries === null ? null : fits(prediction.steadyEntries),
    settledAfterSeconds: Math.max(0, ...floods.map(({ lingerSeconds }) => lingerSeconds)),
    dropShareWhenFull: full === null ? null : dropShareWhenFull(fits(evictableEntries(floods, full)) / max, max, buckets),
    entriesPerConnection:
      opened === 0 ? null : (expectedEntries(scenario)(at) - prefillEntries(scenario.gateway.conntrack)) / opened,
  };
}
