import type { Endpoint } from '../model/lab.ts';
import type { ShortFlood } from '../model/scenario.ts';
import { RunningConnectFlood } from './connect-flood.ts';
import type { AgentContext, RunningFlood } from './flood.ts';

/** A TCP connection each, closed as soon as it is established: a new connection and nothing else. */
export function runTcpFlood(flood: ShortFlood, index: number, context: AgentContext): RunningFlood {
  const { http } = context.targets;
  return new RunningConnectFlood(flood, index, context, {
    where: (arrival) => {
      const { address, port } = http[arrival % http.length] as Endpoint;
      return { host: address, port, noDelay: true };
    },
    // With nothing unread, close(2) sends a FIN (tcp_close in net/ipv4/tcp.c).
    part: flood.close === 'rst' ? (socket) => socket.resetAndDestroy() : (socket) => socket.destroy(),
  });
}
