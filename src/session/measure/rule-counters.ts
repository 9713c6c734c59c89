import { readDropCounters } from '../../lab/dataplane/own-rules.ts';
import type { AnyLab } from '../../lab/lab.ts';
import { losesEndpoint } from '../../model/input/actions.ts';
import { type AnyScenario, isExisting } from '../../model/input/scenario.ts';
import type { RuleCountersRecord } from '../../model/timeline/rules.ts';

/**
 * What the user's own rules, and those for endpoints that have gone, have dropped so far; undefined where there are none or their
 * counters cannot be read.
 */
export async function readRuleCounters(lab: AnyLab, scenario: AnyScenario): Promise<Omit<RuleCountersRecord, 't'> | undefined> {
  if (isExisting(scenario) || lab.gateway === undefined) return undefined;
  const { rules } = scenario.gateway;
  const tools = new Set([
    ...(rules === undefined ? [] : [rules.tool]),
    ...(losesEndpoint(scenario.actions) ? ['nft' as const] : []),
  ]);
  if (tools.size === 0) return undefined;
  try {
    let dropped: Record<string, number> = {};
    for (const tool of tools) dropped = { ...dropped, ...(await readDropCounters(lab.gateway, { tool }, scenario.lab.family)) };
    return { type: 'rule-counters', dropped };
  } catch {
    return undefined;
  }
}
