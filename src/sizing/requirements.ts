import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import type { Targets } from '../model/input/lab.ts';
import { portsIn } from '../model/input/lab.ts';
import { bucketsFor, destinationsOf, type Flood, loadSeconds, openSeconds, type Scenario } from '../model/input/scenario.ts';
import { tableBytes } from '../model/node/table-memory.ts';
import type { Version } from '../model/node/version.ts';
import { sum } from '../model/sum.ts';
import { flowOf } from './flow.ts';
import { timeCourse } from './time-course.ts';

/** For how long a client's own TIME_WAIT socket keeps its port (TCP_TIMEWAIT_LEN, include/net/tcp.h); not a sysctl. */
const CLIENT_TIME_WAIT = 60; // seconds

type PortTargets = Pick<Targets, 'http' | 'stale' | 'ephemeralPorts' | 'stalePorts'>;

export interface PortNeed {
  /** Most local ports in use at once towards one destination. */
  readonly used: number;
  /** Local ports there are. */
  readonly available: number;
}

/** What a load needs of the machine it comes from, at the worst moment. */
export interface LoadRequirements {
  /** Seconds from the start of the load to its last scheduled attempt. */
  readonly loadSeconds: number;
  /** Attempts that wait at once if nothing answers: all that start within one connectTimeout. */
  readonly attempts: number;
  /** Most connections of long floods open at once. */
  readonly held: number;
  /** Number of addresses that HTTP connections are spread over; where floods differ, of the flood with the fewest. */
  readonly destinations: number;
  /** Ephemeral ports of the kernel, for the HTTP destination that most connections go to. */
  readonly ephemeralPorts: PortNeed;
  /** Ports that stale floods take until the lab is removed, for each of their destinations. */
  readonly stalePorts: PortNeed;
}

/** What a scenario needs of the machine it runs on, at the worst moment. */
export interface Requirements extends LoadRequirements {
  /** Kernel memory of the gateway's table when it is full, bytes. */
  readonly tableBytes: number;
}

/** Upper bounds, when connections are spread evenly over `targets`; `kernel` is the gateway's. */
export function requirementsOf({ gateway, floods }: Scenario, targets: Targets, kernel: Version): Requirements {
  const { conntrack } = gateway;
  return {
    ...loadRequirements(floods, targets),
    tableBytes: tableBytes({ max: conntrack.max, buckets: bucketsFor(conntrack) }, kernel),
  };
}

/** Upper bounds, when connections are spread evenly over `targets`. */
export function loadRequirements(floods: readonly Flood[], targets: PortTargets): LoadRequirements {
  const seconds = loadSeconds(floods);
  const flows = floods.map((flood) => ({ flood, traits: FLOOD_TRAITS[flood.kind], flow: flowOf(flood) }));
  type Part = (typeof flows)[number];
  const worst = (is: (part: Part) => boolean, value: (part: Part, t: number) => number) => {
    const some = flows.filter(is);
    return timeCourse((t) => sum(some, (part) => value(part, t)), seconds).peak;
  };
  const peak: typeof worst = (is, value) => Math.ceil(worst(is, value));
  const startedWithin = ({ flow }: Part, t: number, span: number) => flow.opened(t) - flow.opened(t - span);
  const open = ({ flow }: Part, t: number) => flow.opened(t) - flow.ended(t);
  const shareAddress = ({ flood }: Part) => flood.sources === undefined;
  const all = targets.http.length;
  /** Towards the destination that most of them go to. */
  const each = (value: (part: Part, t: number) => number) => (part: Part, t: number) =>
    value(part, t) / destinationsOf(part.flood, all);
  const held = peak(({ traits }) => traits.holds, open);
  const holding = worst((part) => part.traits.holds && shareAddress(part), each(open));
  const closed = worst(
    (part) => part.traits.ports === 'ephemeral' && !part.traits.holds && shareAddress(part),
    each((part, t) => startedWithin(part, t, openSeconds(part.flood) + CLIENT_TIME_WAIT)),
  );
  const leaked = peak(
    (part) => part.traits.ports === 'stale' && shareAddress(part),
    ({ flow }, t) => flow.opened(t),
  );
  return {
    loadSeconds: seconds,
    attempts: peak(
      ({ traits }) => traits.connects,
      (part, t) => ('connectTimeoutSeconds' in part.flood ? startedWithin(part, t, part.flood.connectTimeoutSeconds) : 0),
    ),
    held,
    destinations: Math.min(all, ...floods.map((flood) => destinationsOf(flood, all))),
    ephemeralPorts: { used: Math.ceil(holding + closed), available: portsIn(targets.ephemeralPorts) },
    stalePorts: { used: leaked === 0 ? 0 : Math.ceil(leaked / targets.stale.length), available: portsIn(targets.stalePorts) },
  };
}
