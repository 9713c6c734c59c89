import { prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { PLAN_DATAPLANES } from '../model/node/traffic.ts';
import { flowOf } from './flow.ts';
import { expectedEntries } from './predict.ts';

/**
 * The textbook's highest rate of one flood: (max − entries of everything else) ÷ seconds an entry lives. Undefined for a flood
 * without a constant rate.
 */
export function textbookRate(
  scenario: Scenario,
  floodName: string,
): { readonly rate: number; readonly lifetimeSeconds: number } | undefined {
  const flood = scenario.floods.find(({ name }) => name === floodName);
  if (flood?.shape.executor !== 'constant-arrival-rate') return undefined;
  const { conntrack, dataplane } = scenario.gateway;
  const others = { ...scenario, floods: scenario.floods.filter((one) => one !== flood) };
  const rest =
    others.floods.length === 0
      ? prefillEntries(conntrack)
      : expectedEntries(others)(flood.startTimeSeconds + flood.shape.durationSeconds);
  const { linger } = flowOf(flood, conntrack.timeouts);
  return { rate: Math.max(0, conntrack.max - rest) / (linger * PLAN_DATAPLANES[dataplane]), lifetimeSeconds: linger };
}
