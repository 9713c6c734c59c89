import { type ArrivalExecutor, shapeSeconds } from '../../model/input/floods/shape.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { type ArrivalListener, ArrivalPacer, LATE_SECONDS, LATE_SECONDS_IN_BURST } from '../pacing/arrival-pacer.ts';
import { scheduleOf, shareOf } from '../pacing/schedule.ts';
import type { AgentContext } from './flood.ts';

const SEED_STEP = 0x9e3779b9; // 2³² ÷ golden ratio: floods of one run get unrelated sequences

/** This agent's share of the arrivals of flood number `index` of the scenario. */
export function pacerOf(
  flood: Pick<Flood, 'arrival' | 'startTimeSeconds'> & { readonly shape: ArrivalExecutor },
  index: number,
  context: AgentContext,
  listener: ArrivalListener,
): ArrivalPacer {
  const { agent, agents, clock } = context;
  const schedule = scheduleOf(flood.shape, flood.arrival, context.seed + Math.imul(index, SEED_STEP));
  const lateSeconds = flood.shape.executor === 'burst' ? LATE_SECONDS_IN_BURST : LATE_SECONDS;
  const lastsSeconds = shapeSeconds(flood.shape);
  const options = { startTimeSeconds: flood.startTimeSeconds, lastsSeconds, lateSeconds, clock };
  return new ArrivalPacer(shareOf(schedule, agent, agents), options, listener);
}
