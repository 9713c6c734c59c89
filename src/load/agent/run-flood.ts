import { type Flood, isKeptAlive } from '../../model/input/scenario.ts';
import type { AgentContext, RunningFlood } from '../floods/flood.ts';
import { RunningHalfOpenFlood } from '../floods/half-open-flood.ts';
import { RunningKeepAliveFlood } from '../floods/keep-alive-flood.ts';
import { RunningLongFlood } from '../floods/long-flood.ts';
import { RunningShortFlood } from '../floods/short-flood.ts';
import { runStaleFlood } from '../floods/stale-flood.ts';
import { runTcpFlood } from '../floods/tcp-flood.ts';
import { RunningUdpFlood } from '../floods/udp-flood.ts';

/** This agent's part of flood number `index` of the scenario, ready to run. */
export function runFlood(flood: Flood, index: number, context: AgentContext): RunningFlood {
  switch (flood.kind) {
    case 'short':
      if (flood.protocol === 'tcp') return runTcpFlood(flood, index, context);
      if (isKeptAlive(flood)) return new RunningKeepAliveFlood(flood, index, context);
      return new RunningShortFlood(flood, index, context);
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
