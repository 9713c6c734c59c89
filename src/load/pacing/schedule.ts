import { timeOfArrival } from '../../model/input/arrivals.ts';
import type { ArrivalExecutor } from '../../model/input/floods/shape.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { exponential, seeded } from '../../model/random.ts';

/** Intended starts of a flood in order, seconds after the flood's own start; undefined after the last. */
export type ArrivalSchedule = () => number | undefined;

/**
 * The arrivals of `shape`: uniform ones sit where the expected count reaches each whole number, Poisson ones where it reaches
 * the sums of unit exponentials drawn from `seed` (inversion of the cumulative rate: Lewis and Shedler 1979, §2). The same
 * for every agent, so that any number of them shares one sequence. A burst has no rate and is never spread.
 */
export function scheduleOf(shape: ArrivalExecutor, arrival: Flood['arrival'], seed: number): ArrivalSchedule {
  if (arrival === 'uniform' || shape.executor === 'burst') {
    let n = 0;
    return () => timeOfArrival(shape, n++);
  }
  const random = seeded(seed);
  let sum = 0;
  return () => {
    sum += exponential(random);
    return timeOfArrival(shape, sum);
  };
}

/** One arrival of the shared sequence. */
export interface Arrival {
  /** Its number in the whole flood. */
  readonly index: number;
  /** Seconds after the flood's start. */
  readonly at: number;
}

/** Only the arrivals whose number mod `agents` is `agent`. */
export function shareOf(schedule: ArrivalSchedule, agent: number, agents: number): () => Arrival | undefined {
  let index = -1;
  return () => {
    for (;;) {
      const at = schedule();
      if (at === undefined) return undefined;
      if (++index % agents === agent) return { index, at };
    }
  };
}
