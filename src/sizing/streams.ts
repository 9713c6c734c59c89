import { timeoutSeconds } from '../model/input/timeouts.ts';
import { ENTRY_LIVES, type EntryLife, LIFE_IN_STATE } from '../model/node/entry-life.ts';
import type { Stream, Traffic } from '../model/node/traffic.ts';
import { type SteadyComponent, steadyComponent } from './table-model.ts';

/** Seconds by short timeout name; the kernel's default for those that are missing. */
export type Timeouts = Readonly<Record<string, number>>;

/** The streams of a plan as parts of the load of one node: peak factor, replicas and dataplane are taken into account. */
export function componentsOf(traffic: Traffic, timeouts: Timeouts): SteadyComponent[] {
  const share = (traffic.peakFactor / traffic.replicas) * traffic.entriesPerConnection;
  return traffic.streams.map((stream) => {
    const life = lifeOf(stream);
    const isHeld = stream.kind === 'held';
    return steadyComponent({
      name: stream.name,
      life,
      lingerSeconds: timeoutSeconds(life.timeout, timeouts),
      rate: isHeld ? 0 : stream.rate * share,
      activeSeconds: stream.kind === 'requests' ? stream.lifetimeSeconds : 0,
      held: isHeld ? stream.connections * share : 0,
      heldIn: isHeld ? stream.state : life.open,
    });
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
    case 'half-open':
      return ENTRY_LIVES.unanswered;
    case 'held':
      return LIFE_IN_STATE[stream.state];
  }
}
