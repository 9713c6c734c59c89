import { loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { dropShareWhenFull } from '../model/node/early-drop.ts';
import type { Expectation } from '../model/result/expectation.ts';
import { sum } from '../model/sum.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { componentsOf } from './floods.ts';
import { flowOf, goesOn } from './flow.ts';
import { expectedEntries, predict } from './predict.ts';
import { predictRecovery } from './recovery.ts';
import { evictableEntries } from './table-model.ts';

/**
 * What the model expects of a run of `scenario` in a table of `capacity`.
 * @param synSchedule seconds after which the client's kernel sends an unanswered SYN, and sends it again
 */
export function expectationOf(scenario: Scenario, capacity: Capacity, synSchedule: readonly number[] = [0]): Expectation {
  const { max, buckets, effectiveMax } = capacity;
  const prediction = predict(scenario);
  const fits = (entries: number) => Math.min(entries, effectiveMax);
  const seconds = loadSeconds(scenario.floods);
  const fills = prediction.outcome === 'breaks' || prediction.outcome === 'evicts';
  const full = fills && prediction.hashChains === null ? prediction.fullAfterSeconds : null;
  const at = Math.min(full ?? seconds, seconds);
  const floods = componentsOf(scenario);
  const opened = sum(scenario.floods.map(flowOf), (flow) => flow.opened(at));
  const recovery = predictRecovery(scenario, effectiveMax, synSchedule);
  return {
    loadSeconds: seconds,
    fullAtSeconds: full,
    peakEntries: fits(prediction.peakEntries),
    steadyEntries: prediction.steadyEntries === null ? null : fits(prediction.steadyEntries),
    settledAfterSeconds: Math.max(0, ...floods.map(({ lingerSeconds }) => lingerSeconds)),
    dropShareWhenFull: full === null ? null : dropShareWhenFull(fits(evictableEntries(floods, full)) / max, max, buckets),
    entriesPerConnection:
      opened === 0 || scenario.floods.some(goesOn)
        ? null
        : (expectedEntries(scenario)(at) - prefillEntries(scenario.gateway.conntrack)) / opened,
    ...(recovery === undefined
      ? {}
      : { recoverySeconds: recovery.recoversAt === null ? null : recovery.recoversAt - recovery.breaksAt }),
  };
}
