import type { Endpoint } from '../../model/input/lab.ts';
import type { ShortFlood } from '../../model/input/scenario.ts';
import { RunningConnectFlood } from './connect-flood.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/** A TCP connection each, closed as soon as it is established: a new connection and nothing else. */
export function runTcpFlood(flood: ShortFlood, index: number, context: AgentContext): RunningFlood {
  const { http } = context.targets;
  return new RunningConnectFlood(flood, index, context, {
    where: (arrival) => http[arrival % http.length] as Endpoint,
    part: flood.close === 'rst' ? (wire) => wire.reset() : (wire) => wire.close(),
  });
}
