import { isDeepStrictEqual } from 'node:util';
import { type AnyScenario, isExisting, type Scenario, sendsUdp } from '../../model/input/scenario.ts';
import { ballastEffects, isFaithful } from '../../sizing/ballast.ts';

/**
 * Whether the lab of one run, brought back to its baseline, is the lab of the other: they differ in nothing but the load. Not where
 * more than the table remembers the load before (IPVS's list, counters in the user's rules), or the load brings more than its floods
 * to the lab (actions, further source addresses).
 */
export function sharesLab(one: AnyScenario, other: AnyScenario): boolean {
  if (isExisting(one) || isExisting(other)) return false;
  return [one, other].every(leavesOnlyEntries) && isDeepStrictEqual(needsOf(one), needsOf(other));
}

function leavesOnlyEntries({ gateway, floods, actions = [] }: Scenario): boolean {
  const plain = gateway.dataplane !== 'ipvs' && gateway.rules === undefined && actions.length === 0;
  return plain && floods.every(({ kind, sources }) => kind !== 'half-open' && sources === undefined);
}

/** What createLab makes of a scenario. */
function needsOf(scenario: Scenario): unknown {
  const { lab, gateway, floods } = scenario;
  return { lab, gateway, udp: floods.some(sendsUdp), faithful: isFaithful(ballastEffects(scenario)) };
}
