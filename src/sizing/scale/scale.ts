import { headsPerPage } from '../../model/node/kernel.ts';
import type { Stream, Traffic } from '../../model/node/traffic.ts';
import { sum } from '../../model/sum.ts';
import type { PlanInputs, TableSettings } from '../node-load.ts';

/** Approximate size of the table for a scaled-down load: large enough for stable figures, and filled within seconds. */
const ENTRIES = 2048;
const HEADS_PER_PAGE = headsPerPage(64);
const FILL_SECONDS = 5;
/** A load of held connections alone opens a fifth more than fit. */
const TOO_MANY = 1.2;
/** Time over which a load of held connections alone opens them, seconds. */
export const OPENING_SECONDS = FILL_SECONDS * TOO_MANY;
/** Highest share of the table for held connections if there are others, which need room. */
const MOST_HELD = 0.8;

/** A scaled-down load with a table that it fills within seconds. */
export interface Scaled {
  readonly table: TableSettings;
  /** Rates and numbers of connections as the clients make them. */
  readonly traffic: Traffic;
  /** Scaled rate ÷ the plan's. */
  readonly rateScale: number;
  /** Scaled number of held connections ÷ the plan's. */
  readonly heldScale: number;
  /** Differences to the plan's load, one sentence each. */
  readonly notes: readonly string[];
}

/** A table that is filled in seconds, with the same entries per bucket. */
export function smallTable(table: TableSettings): TableSettings {
  const perBucket = table.max / table.buckets;
  const buckets = Math.max(1, Math.round(ENTRIES / perBucket / HEADS_PER_PAGE)) * HEADS_PER_PAGE;
  return { max: Math.max(1, Math.round(buckets * perBucket)), buckets };
}

/**
 * Scales a load down to a small table with the same number of entries per bucket: held connections take the same share of it, and
 * all rates are multiplied by one factor, so that it is full after five seconds. A load of held connections alone opens them over
 * OPENING_SECONDS.
 */
export function scaleDown({ table, traffic }: PlanInputs): Scaled {
  const { max, buckets } = smallTable(table);
  const { streams: planned } = traffic;
  const factor = (traffic.peakFactor / traffic.replicas) * traffic.entriesPerConnection;
  const held = sum(planned, (stream) => (stream.kind === 'held' ? stream.connections * factor : 0));
  const rate = sum(planned, (stream) => (stream.kind === 'held' ? 0 : stream.rate * factor));
  const heldShare = rate === 0 ? TOO_MANY : Math.min(MOST_HELD, held / table.max);
  const heldScale = held === 0 ? 1 : ((heldShare * max) / held) * (factor / traffic.entriesPerConnection);
  const room = max * (1 - heldShare);
  const rateScale = rate === 0 ? 1 : (room / (rate * FILL_SECONDS)) * (factor / traffic.entriesPerConnection);
  const streams = planned.map((stream): Stream => {
    if (stream.kind === 'held') return { ...stream, connections: Math.max(1, Math.round(stream.connections * heldScale)) };
    return { ...stream, rate: Number((stream.rate * rateScale).toPrecision(6)) };
  });
  return {
    table: { max, buckets },
    traffic: { streams, peakFactor: 1, replicas: 1, entriesPerConnection: traffic.entriesPerConnection },
    rateScale,
    heldScale,
    notes: [
      ...(held / table.max > MOST_HELD && rate > 0
        ? [
            `held connections take ${MOST_HELD * 100} % of the small table instead of their full share, so that there is room for the others`,
          ]
        : []),
    ],
  };
}
