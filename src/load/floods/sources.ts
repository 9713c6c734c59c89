import { type PortRange, portsIn, type Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { sourceRange } from '../../model/input/sources.ts';
import type { Destination } from '../sockets/tcp-connection.ts';
import type { AgentContext } from './flood.ts';

/** Local ports at source addresses of a flood's own, where the kernel assigns none. */
const PORTS: PortRange = { first: 1_024, last: 65_535 };

type Sourced = Pick<Flood, 'sources'>;
type SourceContext = Pick<AgentContext, 'floods' | 'agent' | 'agents'>;

/** Adds the source to where a connection goes; leaves that to the kernel when the flood has no addresses of its own. */
export type SourceChooser = (to: Destination) => Destination;

/**
 * Takes the addresses of a flood one after the other, each time round with another port: bound to port 0, a socket would have its
 * port for all destinations (libuv does not set IP_BIND_ADDRESS_NO_PORT). Agents are interleaved, and floods share the ports, so
 * that none can meet. The ports are an odd number: destinations, which are a power of two, come round differently every time.
 */
export function sourceChooser(flood: Sourced, { floods, agent, agents }: SourceContext): SourceChooser {
  if (flood.sources === undefined) return (to) => to;
  const { size, at } = sourceRange(flood.sources);
  const sharing = floods.filter(({ sources }) => sources !== undefined);
  const ports = portsEach(sharing.length);
  const first = PORTS.first + (sharing as readonly Sourced[]).indexOf(flood) * ports;
  let next = agent;
  return (to) => {
    const round = Math.floor(next / size);
    const localAddress = at(next);
    next += agents;
    return { ...to, localAddress, localPort: first + (round % ports) };
  };
}

/** Local ports towards one destination that floods have together. */
export function portsOfAll(floods: readonly Sourced[], { ephemeralPorts }: Pick<Targets, 'ephemeralPorts'>): number {
  const sharing = floods.flatMap(({ sources }) => (sources === undefined ? [] : [sources]));
  const own = sharing.reduce((sum, sources) => sum + sourceRange(sources).size * portsEach(sharing.length), 0);
  return own + (sharing.length < floods.length ? portsIn(ephemeralPorts) : 0);
}

function portsEach(sharing: number): number {
  const each = Math.floor(portsIn(PORTS) / sharing);
  return each - (each % 2 === 0 ? 1 : 0);
}
