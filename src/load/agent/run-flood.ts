import { targetsOver } from '../../model/input/address-family.ts';
import type { DatagramTargets, Targets } from '../../model/input/lab.ts';
import { destinationsOf, type Flood, isKeptAlive } from '../../model/input/scenario.ts';
import { RunningDnsFlood } from '../floods/dns-flood.ts';
import { runEchoFlood } from '../floods/echo/echo-flood.ts';
import type { AgentContext, RunningFlood } from '../floods/flood.ts';
import { RunningHalfOpenFlood } from '../floods/half-open-flood.ts';
import { RunningKeepAliveFlood } from '../floods/keep-alive-flood.ts';
import { RunningLongFlood } from '../floods/long-flood.ts';
import { RunningShortFlood } from '../floods/short-flood.ts';
import { runStaleFlood } from '../floods/stale-flood.ts';
import { runTcpFlood } from '../floods/tcp-flood.ts';
import { runUdpFlood } from '../floods/udp-flood.ts';

/** This agent's part of flood number `index` of the scenario, ready to run. */
export function runFlood(flood: Flood, index: number, shared: AgentContext): RunningFlood {
  const context = { ...shared, targets: targetsOf(flood, targetsOver(flood.family, shared.targets)) };
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
    case 'icmp':
      return runEchoFlood(flood, index, context);
    case 'dns':
      return new RunningDnsFlood(flood, index, context);
    case 'udp':
      return runUdpFlood(flood, index, context);
  }
}

/** Those of the destinations that the connections of a flood go to. */
function targetsOf(flood: Flood, targets: Targets): Targets {
  const some = <T>(all: readonly T[]) => all.slice(0, destinationsOf(flood, all.length));
  const datagrams = ({ addresses, ports }: DatagramTargets) => ({ addresses: some(addresses), ports });
  const { http, udp } = targets;
  return {
    ...targets,
    http: some(http),
    udp: { answered: datagrams(udp.answered), unanswered: datagrams(udp.unanswered) },
  };
}
