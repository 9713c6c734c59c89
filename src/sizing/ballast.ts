import { list, seconds } from '../model/format.ts';
import { alterTracking } from '../model/input/rules.ts';
import { type Flood, loadSeconds, openSeconds, type Scenario } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import type { BallastEffects } from '../model/timeline/capacity.ts';
import { type FloodComponent, partsOf } from './floods.ts';

/** What ballast would change for the load of `scenario`, were it to last for `lasting` seconds. */
export function ballastEffects(scenario: Scenario, lasting = loadSeconds(scenario.floods)): BallastEffects {
  const { rules } = scenario.gateway;
  if (rules !== undefined && alterTracking(rules)) return ANYTHING;
  const parts = timeoutCourse(scenario).map(({ fromSeconds, timeouts }) => {
    const { conntrack } = scenario.gateway;
    const effects = effectsOf({ ...scenario, gateway: { ...scenario.gateway, conntrack: { ...conntrack, timeouts } } }, lasting);
    const { expiresFromSeconds: from } = effects;
    return { ...effects, expiresFromSeconds: from === null ? null : Math.max(from, fromSeconds) };
  });
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  return {
    expiresFromSeconds: least(known(parts.map(({ expiresFromSeconds }) => expiresFromSeconds))),
    shortestLifeSeconds: least(known(parts.map(({ shortestLifeSeconds }) => shortestLifeSeconds))),
    evictableFromSeconds: least(known(parts.map(({ evictableFromSeconds }) => evictableFromSeconds))),
  };
}

/** Of rules that may give entries other timeouts, or none: they may end at any time. */
const ANYTHING: BallastEffects = { expiresFromSeconds: 0, shortestLifeSeconds: 0, evictableFromSeconds: 0 };

/** The timeouts of the scenario, and those in force after each action that sets some. */
function timeoutCourse({ gateway, actions = [] }: Scenario) {
  let { timeouts } = gateway.conntrack;
  const course = [{ fromSeconds: 0, timeouts }];
  for (const action of actions.toSorted((a, b) => a.atSeconds - b.atSeconds)) {
    if (!('timeouts' in action)) continue;
    timeouts = { ...timeouts, ...action.timeouts };
    course.push({ fromSeconds: action.atSeconds, timeouts });
  }
  return course;
}

function effectsOf(scenario: Scenario, lasting: number): BallastEffects {
  const parts = scenario.floods.flatMap((flood) => partsOf(flood, scenario).map((component) => ({ flood, component })));
  const expiring = parts.flatMap(({ flood, component }) =>
    expiries(flood, component, scenario).filter(({ fromSeconds }) => fromSeconds < lasting),
  );
  const evictable = parts.filter(({ component }) => component.life.evictable).map(({ flood }) => flood.startTimeSeconds);
  return {
    expiresFromSeconds: least(expiring.map(({ fromSeconds }) => fromSeconds)),
    shortestLifeSeconds: least(expiring.map(({ lifeSeconds }) => lifeSeconds)),
    evictableFromSeconds: least(evictable),
  };
}

/** Whether a table filled with ballast treats every entry of a load as a table of that size would. */
export function isFaithful({ expiresFromSeconds, evictableFromSeconds }: BallastEffects): boolean {
  return expiresFromSeconds === null && evictableFromSeconds === null;
}

/** By which methods a break would be exact, and why not by ballast. */
export function describeMethods({ expiresFromSeconds, evictableFromSeconds }: BallastEffects): string {
  const why = [
    ...(expiresFromSeconds === null ? [] : [`entries expire from ${seconds(expiresFromSeconds)} on`]),
    ...(evictableFromSeconds === null ? [] : ['early drop may evict entries']),
  ];
  return why.length === 0 ? 'sysctl or ballast' : `sysctl; by ballast a break is only a bound (${list(why)})`;
}

interface Expiry {
  readonly fromSeconds: number;
  readonly lifeSeconds: number;
}

/** When the first entry of a flood expires: that of a connection that is over, and that of one that is open but silent. */
function expiries(flood: Flood, { flow, life, lingerSeconds }: FloodComponent, { gateway, backend }: Scenario): Expiry[] {
  const end = loadSeconds([flood]);
  const after = (from: number | null, lifeSeconds: number): Expiry[] =>
    from === null ? [] : [{ fromSeconds: from + lifeSeconds, lifeSeconds }];
  const patience = timeoutSeconds(
    life.open === 'UDP' || life.open === 'UDP_STREAM' ? life.timeout : 'tcp_established',
    gateway.conntrack.timeouts,
  );
  return [
    ...after(firstTime(flow.ended, end), openSeconds(flood) + lingerSeconds),
    ...(silence(flood, backend.delaySeconds) > patience ? after(firstTime(flow.opened, end), patience) : []),
  ];
}

/** For how long an open connection of a flood may carry no packet, seconds. */
function silence(flood: Flood, backendDelay: number): number {
  switch (flood.kind) {
    case 'short':
      return Math.max(backendDelay, flood.lifetimeSeconds / flood.requestsPerConnection);
    case 'long':
      return flood.protocol === 'tcp' ? Number.POSITIVE_INFINITY : flood.heartbeatSeconds;
    case 'stale':
    case 'half-open':
    case 'udp':
    case 'icmp':
    case 'dns':
      return 0; // the entry has its end state from the start
  }
}

const HALVINGS = 40;

/** When `count`, which never falls, rises above 0, up to `end`; null when it does not. */
function firstTime(count: (t: number) => number, end: number): number | null {
  if (count(end) <= 0) return null;
  let low = 0;
  let high = end;
  for (let step = 0; step < HALVINGS && count(low) <= 0; step++) {
    const middle = (low + high) / 2;
    if (count(middle) > 0) high = middle;
    else low = middle;
  }
  const at = count(low) > 0 ? low : high;
  return Math.round(at * 1000) / 1000;
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}
