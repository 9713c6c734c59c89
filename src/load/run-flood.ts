import type { Flood } from '../model/scenario.ts';
import type { AgentContext, RunningFlood } from './flood.ts';
import { RunningHalfOpenFlood } from './half-open-flood.ts';
import { RunningLongFlood } from './long-flood.ts';
import { RunningShortFlood } from './short-flood.ts';
import { runStaleFlood } from './stale-flood.ts';
import { runTcpFlood } from './tcp-flood.ts';
import { RunningUdpFlood } from './udp-flood.ts';

/** Flood number `index` of the scenario, ready to run as far as this agent has a part in it. */
export function runFlood(flood: Flood, index: number, context: AgentContext): RunningFlood {
  switch (flood.kind) {
    case 'short':
      return flood.protocol === 'tcp' ? runTcpFlood(flood, index, context) : new RunningShortFlood(flood, index, context);
    case 'long':
      return new RunningLongFlood(flood, index, context);
    case 'stale':
      return runStaleFlood(flood, index, context);
    case 'half-open':
      return new RunningHalfOpenFlood(flood, index, context);
    case 'udp':
      return new RunningUdpFlood(flood, index, context);
  }
}
