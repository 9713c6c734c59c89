import type { Flood } from '../model/scenario.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { RunningHalfOpenFlood } from './half-open-flood.ts';
import { RunningLongFlood } from './long-flood.ts';
import { RunningShortFlood } from './short-flood.ts';
import { RunningStaleFlood } from './stale-flood.ts';

/** Flood number `index` of the scenario, ready to run as far as this agent has a part in it. */
export function runFlood(flood: Flood, index: number, context: AgentContext): RunningFlood {
  switch (flood.kind) {
    case 'short':
      return new RunningShortFlood(flood, index, context);
    case 'long':
      return new RunningLongFlood(flood, index, context);
    case 'stale':
      return new RunningStaleFlood(flood, index, context);
    case 'half-open':
      return new RunningHalfOpenFlood(flood, index, context);
  }
}
