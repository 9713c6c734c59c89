import { timeoutSeconds } from '../model/input/timeouts.ts';
import { ENTRY_LIVES, type EntryLife, LIFE_IN_STATE } from '../model/node/entry-life.ts';
import type { Stream, Traffic } from '../model/node/traffic.ts';
import { type SteadyComponent, steadyComponent } from './table-model.ts';

/** Seconds by short timeout name; the kernel's default for those that are missing. */
export type Timeouts = Readonly<Record<string, number>>;

/** The streams of a plan as parts of the load of one node: peak factor, replicas and dataplane are taken into account. */
export function componentsOf(traffic: Traffic, timeouts: Timeouts): SteadyComponent[] {
  const share = traffic.peakFactor / traffic.replicas;
  const { entriesPerConnection, outerPerConnection: outer = 0 } = traffic;
  const own = entriesPerConnection - outer;
  return traffic.streams.flatMap((stream) => [
    ...(own > 0 || outer === 0 ? [componentOf(stream, { life: lifeOf(stream), each: share * own }, timeouts)] : []),
    ...(outer > 0 ? [componentOf(stream, { life: ENTRY_LIVES.datagram, each: share * waysOf(stream, outer) }, timeouts)] : []),
  ]);
}

/** Whether packets of a stream go both ways. */
export function isAnswered(stream: Stream): boolean {
  return !(stream.kind === 'half-open' || (stream.kind === 'dns' && stream.oneWay === true));
}

/** The entries of what carries one connection, of which each way has half. */
function waysOf(stream: Stream, outer: number): number {
  return isAnswered(stream) ? outer : outer / 2;
}

/** The entries of a stream that live alike, `each` of them for one of its connections. */
function componentOf(
  stream: Stream,
  { life, each }: { readonly life: EntryLife; readonly each: number },
  timeouts: Timeouts,
): SteadyComponent {
  const isHeld = stream.kind === 'held';
  return steadyComponent({
    name: stream.name,
    life,
    lingerSeconds: timeoutSeconds(life.timeout, timeouts),
    rate: isHeld ? 0 : stream.rate * each,
    activeSeconds: stream.kind === 'requests' ? stream.lifetimeSeconds : 0,
    held: isHeld ? stream.connections * each : 0,
    heldIn: isHeld && life === lifeOf(stream) ? stream.state : life.open,
  });
}

/** How the entries of a stream end. */
export function lifeOf(stream: Stream): EntryLife {
  switch (stream.kind) {
    case 'requests':
      return ENTRY_LIVES[stream.close];
    case 'leak':
      return ENTRY_LIVES.forgotten;
    case 'dns':
      return ENTRY_LIVES.datagram;
    case 'echo':
      return ENTRY_LIVES.echo;
    case 'half-open':
      return ENTRY_LIVES.unanswered;
    case 'held':
      return LIFE_IN_STATE[stream.state];
  }
}
