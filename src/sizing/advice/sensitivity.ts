import { type TimeoutName, timeoutSeconds } from '../../model/input/timeouts.ts';
import { ENTRY_LIVES } from '../../model/node/entry-life.ts';
import type { Stream, Traffic } from '../../model/node/traffic.ts';
import type { Sensitivity } from '../../model/result/plan/plan.ts';
import { bisect, type PlanInputs, peakEntries } from '../node-load.ts';
import { lifeOf } from '../streams.ts';

/** An input that can be varied: its present value, and the inputs with `factor` times that. */
interface Knob {
  readonly knob: string;
  readonly unit: string;
  readonly value: number;
  scaled(factor: number): PlanInputs;
}

const FARTHEST = 1e6;

/** Peak utilization with half and twice the value of every input in use, and the value at which the table is full. */
export function sensitivityOf(setting: PlanInputs): Sensitivity[] {
  const utilization = (one: PlanInputs) => peakEntries(one) / one.table.max;
  return knobsOf(setting).map(({ knob, unit, value, scaled }) => ({
    knob,
    unit,
    value,
    halved: utilization(scaled(0.5)),
    doubled: utilization(scaled(2)),
    breaksAt: breaksAt((factor) => utilization(scaled(factor)), value),
  }));
}

/** The value at which the table is just full; utilization rises or falls with a knob, never both. */
function breaksAt(utilization: (factor: number) => number, value: number): number | null {
  const [least, most] = [utilization(1 / FARTHEST), utilization(FARTHEST)];
  if (Math.max(least, most) < 1 || Math.min(least, most) > 1) return null;
  const rises = most > least;
  const power = bisect(-1, 1, (p) => {
    const now = utilization(FARTHEST ** p);
    return rises ? now >= 1 : now <= 1;
  });
  return value * FARTHEST ** power;
}

function knobsOf(setting: PlanInputs): Knob[] {
  const { traffic, table, timeouts } = setting;
  const withTraffic = (changed: Partial<Traffic>): PlanInputs => ({ ...setting, traffic: { ...traffic, ...changed } });
  const streams = traffic.streams.flatMap((stream): Knob[] => {
    const change = (one: Stream) => withTraffic({ streams: traffic.streams.map((old) => (old === stream ? one : old)) });
    if (stream.kind === 'held') {
      const { name: knob, connections: value } = stream;
      return [{ knob, unit: 'connections', value, scaled: (f) => change({ ...stream, connections: value * f }) }];
    }
    const { rate } = stream;
    const first: Knob = {
      knob: `${stream.name} rate`,
      unit: '/s',
      value: rate,
      scaled: (f) => change({ ...stream, rate: rate * f }),
    };
    if (stream.kind !== 'requests' || stream.lifetimeSeconds === 0) return [first];
    const { lifetimeSeconds } = stream;
    const lifetime: Knob = {
      knob: `${stream.name} lifetime`,
      unit: 's',
      value: lifetimeSeconds,
      scaled: (f) => change({ ...stream, lifetimeSeconds: lifetimeSeconds * f }),
    };
    return [first, lifetime];
  });
  const used = timeoutsInUse(traffic).map((name): Knob => {
    const value = timeoutSeconds(name, timeouts);
    return { knob: name, unit: 's', value, scaled: (f) => ({ ...setting, timeouts: { ...timeouts, [name]: value * f } }) };
  });
  const { peakFactor, replicas } = traffic;
  return [
    ...streams,
    ...used,
    { knob: 'peak factor', unit: '', value: peakFactor, scaled: (f) => withTraffic({ peakFactor: peakFactor * f }) },
    { knob: 'replicas', unit: '', value: replicas, scaled: (f) => withTraffic({ replicas: replicas * f }) },
    {
      knob: 'nf_conntrack_max',
      unit: 'entries',
      value: table.max,
      scaled: (f) => ({ ...setting, table: { ...table, max: table.max * f } }),
    },
  ];
}

/** Timeouts that decide how long an entry of this traffic stays. Held connections do not end while the load lasts. */
export function timeoutsInUse({ streams, entriesPerConnection, outerPerConnection: outer = 0 }: Traffic): TimeoutName[] {
  const ending = streams.filter(({ kind }) => kind !== 'held');
  const own = outer > 0 && entriesPerConnection === outer ? [] : ending.map((stream) => lifeOf(stream).timeout);
  return [...new Set([...own, ...(outer > 0 && ending.length > 0 ? [ENTRY_LIVES.datagram.timeout] : [])])];
}
