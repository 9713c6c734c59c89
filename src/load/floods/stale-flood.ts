import { familiesOf } from '../../model/input/address-family.ts';
import type { Endpoint, Targets } from '../../model/input/lab.ts';
import { portsIn } from '../../model/input/lab.ts';
import type { StaleFlood } from '../../model/input/scenario.ts';
import { RunningConnectFlood } from './connect-flood.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/**
 * Connections that are established and then forgotten: reset on this side, with the lab keeping the RST from leaving, so
 * that the gateway's entry stays ESTABLISHED and ASSURED.
 */
export function runStaleFlood(flood: StaleFlood, index: number, context: AgentContext): RunningFlood {
  const stale = context.floods.filter((other) => other.kind === 'stale');
  const among = { place: stale.indexOf(flood), floods: stale.length };
  return new RunningConnectFlood(flood, index, context, {
    where: (arrival) => {
      const { stale: targets } = context.targets;
      if (flood.sources !== undefined) return targets[arrival % targets.length];
      const pair = pairOfArrival(arrival, among, context.targets);
      return pair && { ...pair.target, localPort: pair.localPort };
    },
    part: (wire) => wire.reset(),
  });
}

/**
 * The pair of local port and destination for one arrival of one of several floods, different for each; undefined when there are no
 * more. Where the destinations are of two families, in turn, so are the arrivals.
 */
export function pairOfArrival(
  arrival: number,
  { place, floods }: { readonly place: number; readonly floods: number },
  { stale, stalePorts }: Pick<Targets, 'stale' | 'stalePorts'>,
): ReturnType<typeof pairOf> {
  const families = familiesOf(stale);
  return pairOf(Math.floor(arrival / families) * floods + place, {
    stale: families === 1 ? stale : stale.filter((_, i) => i % families === arrival % families),
    stalePorts,
  });
}

/**
 * Pair number `n` of local port and destination, each different; undefined when there are no more. Arrivals of several
 * floods and agents are interleaved over the numbers, so that none can meet.
 */
export function pairOf(
  n: number,
  targets: Pick<Targets, 'stale' | 'stalePorts'>,
): { readonly localPort: number; readonly target: Endpoint } | undefined {
  const ports = portsIn(targets.stalePorts);
  const target = targets.stale[Math.floor(n / ports)];
  return target === undefined ? undefined : { localPort: targets.stalePorts.first + (n % ports), target };
}
