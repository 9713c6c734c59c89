import type { Targets } from '../model/input/lab.ts';
import { portsIn } from '../model/input/lab.ts';
import { bucketsFor, type Flood, loadSeconds, type Scenario } from '../model/input/scenario.ts';
import { tableBytes } from '../model/node/table-memory.ts';
import type { Version } from '../model/node/version.ts';
import { type Flow, flowOf } from './flow.ts';
import { timeCourse } from './time-course.ts';

/** A client's own TIME_WAIT socket keeps its port so long (TCP_TIMEWAIT_LEN, include/net/tcp.h); not a sysctl. */
const CLIENT_TIME_WAIT = 60; // seconds

export interface PortNeed {
  /** Most local ports in use at once towards one destination. */
  readonly used: number;
  /** Ports there are. */
  readonly available: number;
}

/** What the client side has to have for a scenario, at the worst moment. */
export interface Requirements {
  /** From the start of the load to its last scheduled attempt. */
  readonly loadSeconds: number;
  /** Kernel memory of the gateway's table when it is full. */
  readonly tableBytes: number;
  /** Attempts that wait at once when nobody answers: all that start within a connectTimeout. */
  readonly attempts: number;
  /** WebSockets open at once. */
  readonly held: number;
  /** Addresses that HTTP connections are spread over. */
  readonly destinations: number;
  /** Ports the kernel hands out, to each HTTP destination. */
  readonly ephemeralPorts: PortNeed;
  /** Ports that stale flows use up for good, to each of their destinations. */
  readonly stalePorts: PortNeed;
}

/** Upper bounds, when connections are spread evenly over `targets`; `kernel` is the gateway's. */
export function requirementsOf(scenario: Scenario, targets: Targets, kernel: Version): Requirements {
  const { conntrack } = scenario.gateway;
  const seconds = loadSeconds(scenario.floods);
  const flows = scenario.floods.map((flood) => ({ flood, flow: flowOf(flood, conntrack.timeouts) }));
  const peak = (kinds: readonly Flood['kind'][], value: (flow: Flow, t: number, flood: Flood) => number) => {
    const some = flows.filter(({ flood }) => kinds.includes(flood.kind));
    return Math.ceil(timeCourse((t) => some.reduce((sum, { flow, flood }) => sum + value(flow, t, flood), 0), seconds).peak);
  };
  const within = (flow: Flow, t: number, span: number) => flow.opened(t) - flow.opened(t - span);
  const held = peak(['long'], (flow, t) => flow.opened(t) - flow.ended(t));
  const closed = peak(['short'], (flow, t) => within(flow, t, CLIENT_TIME_WAIT));
  const leaked = peak(['stale'], (flow, t) => flow.opened(t));
  return {
    loadSeconds: seconds,
    tableBytes: tableBytes({ max: conntrack.max, buckets: bucketsFor(conntrack) }, kernel),
    attempts: peak(['short', 'long', 'stale'], (flow, t, flood) =>
      flood.kind === 'half-open' || flood.kind === 'udp' ? 0 : within(flow, t, flood.connectTimeoutSeconds),
    ),
    held,
    destinations: targets.http.length,
    ephemeralPorts: { used: Math.ceil((held + closed) / targets.http.length), available: portsIn(targets.ephemeralPorts) },
    stalePorts: { used: Math.ceil(leaked / targets.stale.length), available: portsIn(targets.stalePorts) },
  };
}
