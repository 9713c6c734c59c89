import { type Endpoint, HALF_OPEN_SERVICES, type PortRange, SERVICES, STALE_PORTS, type Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import type { ListenEndpoints } from '../addresses.ts';
import type { EndPorts } from '../dataplane/end-rules.ts';

/** What the backend's ports are for. */
export type PortUse = 'http' | 'stale' | 'halfOpen' | 'answered' | 'unanswered';

interface Block {
  readonly first: number;
  readonly many: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** Each port of a Service is one of the backend's own, so that every one has all source ports of the client. */
const BLOCKS: Readonly<Record<PortUse, Block>> = {
  http: { first: 8001, many: SERVICES, protocol: 'TCP' },
  stale: { first: 8101, many: SERVICES, protocol: 'TCP' },
  halfOpen: { first: 8201, many: HALF_OPEN_SERVICES, protocol: 'TCP' },
  answered: { first: 8301, many: SERVICES, protocol: 'UDP' },
  unanswered: { first: 8401, many: SERVICES, protocol: 'UDP' },
};
const USES = Object.keys(BLOCKS) as PortUse[];

/** A port of the backend. */
export interface BackendPort {
  readonly use: PortUse;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/**
 * The ports that floods need, those for HTTP always: the path is tried with them. Node ports are where the cluster has one free, and
 * datagrams need a range of them: one, then.
 */
export function backendPorts(floods: readonly Flood[], nodePorts = false): BackendPort[] {
  return USES.filter((use) => use === 'http' || floods.some((flood) => useOf(flood) === use)).flatMap((use) => {
    const { first, many, protocol } = BLOCKS[use];
    const count = nodePorts && protocol === 'UDP' ? 1 : many;
    return Array.from({ length: count }, (_, index) => ({ use, port: first + index, protocol }));
  });
}

function useOf(flood: Flood): PortUse {
  if (flood.kind === 'stale') return 'stale';
  if (flood.kind === 'half-open') return 'halfOpen';
  if (flood.kind !== 'udp') return 'http';
  return flood.reply ? 'answered' : 'unanswered';
}

/** Whether the pods need NET_ADMIN, for rules about some of their ports. */
export function needsRules(ports: readonly BackendPort[]): boolean {
  return ports.some(({ use }) => use === 'stale' || use === 'halfOpen' || use === 'unanswered');
}

/** Where the backend listens; `address` is the one that stands for all of its own. */
export function listenAt(ports: readonly BackendPort[], address: string): ListenEndpoints {
  const of = (use: PortUse) => only(ports, use).map(({ port }) => ({ address, port }));
  return { http: of('http'), stale: of('stale'), udp: of('answered') };
}

/** A port of the backend, and where clients connect to for it. */
export interface Reachable extends BackendPort {
  readonly at: Endpoint;
}

const NO_PORTS: PortRange = { first: 1, last: 0 };

export function targetsAt(reachable: readonly Reachable[], ephemeralPorts: PortRange): Targets {
  const of = (use: PortUse) => only(reachable, use).map(({ at }) => at);
  const datagrams = (use: PortUse) => {
    const [first] = of(use);
    if (first === undefined) return { addresses: [], ports: NO_PORTS };
    const addresses = [...new Set(of(use).map(({ address }) => address))];
    return { addresses, ports: { first: first.port, last: first.port + of(use).length / addresses.length - 1 } };
  };
  return {
    http: of('http'),
    stale: of('stale'),
    halfOpen: of('halfOpen'),
    udp: { answered: datagrams('answered'), unanswered: datagrams('unanswered') },
    ephemeralPorts,
    stalePorts: STALE_PORTS,
  };
}

/** For the rules in the pods. Sets in nftables are never empty: port 0 is nobody's. */
export function rulePorts(reachable: readonly Reachable[]): EndPorts {
  const set = (use: PortUse, of: (port: Reachable) => number) => {
    const numbers = [...new Set(only(reachable, use).map(of))];
    return numbers.length === 0 ? '0' : numbers.join(', ');
  };
  const connected = ({ at }: Reachable) => at.port;
  const own = ({ port }: Reachable) => port;
  return {
    stale: set('stale', connected),
    staleEndpoints: set('stale', own),
    halfOpen: set('halfOpen', connected),
    halfOpenEndpoints: set('halfOpen', own),
    unansweredEndpoints: set('unanswered', own),
  };
}

function only<T extends BackendPort>(ports: readonly T[], use: PortUse): T[] {
  return ports.filter((one) => one.use === use);
}
