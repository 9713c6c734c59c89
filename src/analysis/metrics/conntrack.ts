import { dropShareWhenFull, evictedAtOnce } from '../../model/node/early-drop.ts';
import type { ConntrackSummary } from '../../model/result/conntrack-summary.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { type ListingLog, listingFrom, listingNear, summarizeListings } from '../log/listings.ts';
import { nearest, type RunLog } from '../log/run-log.ts';
import type { TableSeries } from '../log/table.ts';
import { sum } from '../statistics/sum.ts';
import { summarizeGateways } from './gateways.ts';
import { inTimeShareWhenFull } from './punctuality.ts';

type ConntrackInputs = ListingLog & Pick<RunLog, 'meta' | 'tables' | 'samplers' | 'kernelLog' | 'gateways' | 'loads' | 'clocks'>;

/** What became of the gateway's table, and of the others. `at` is the time of the break, if there was one. */
export function summarizeConntrack(log: ConntrackInputs, at: number | undefined): ConntrackSummary {
  const unassured = unassuredShare(log, at);
  const { capacity, intervalMs } = log.meta.lab;
  const { gateway, client, backend, host } = log.tables;
  const sampler = log.samplers.findLast((record) => record.host === 'gateway');
  const sampledEveryMs = Math.max(intervalMs, (sampler?.intervalSeconds ?? 0) * 1000);
  const { drop, earlyDrop, insertFailed } = gateway.totals;
  const gateways = summarizeGateways(log);
  return {
    max: capacity.max,
    buckets: capacity.buckets,
    effectiveMax: capacity.effectiveMax,
    method: capacity.method,
    methodReason: capacity.why,
    ballast: capacity.ballast,
    prefilled: capacity.prefilled,
    peakEntries: gateway.peakEntries,
    ...(gateway.capacity.isConstant ? {} : { peakCapacity: gateway.peakCapacity }),
    samples: gateway.samples.length,
    intervalMs: sampledEveryMs,
    listings: summarizeListings(log),
    ...familiesIn(log, at),
    drop,
    ...(gateway.clashResolved === 0 ? {} : { clashResolve: gateway.clashResolved }),
    ...(gateway.clashes.packets === 0 ? {} : { clashes: gateway.clashes.packets }),
    earlyDrop,
    insertFailed,
    tableFullLogLines: log.kernelLog.length,
    predictedDropShareWhenFull: capacity.method === 'unknown' ? 0 : dropShareWhenFull(unassured, capacity.max, capacity.buckets),
    measuredDropShareWhenFull: measuredDropShare({ drop, earlyDrop }, unassured, capacity),
    otherTables: { ...bystander('client', client), ...bystander('backend', backend), ...bystander('host', host) },
    ...(gateways === undefined ? {} : { gateways }),
    sampler:
      sampler === undefined
        ? null
        : {
            onTimeShare: sampler.onTimeShare,
            lateP99Ms: sampler.lateP99Ms,
            cpuShare: sampler.cpuShare,
            inTimeShareWhenFull: inTimeShareWhenFull(gateway.samples, capacity.effectiveMax, sampledEveryMs / 1000),
          },
  };
}

/** What the table held of each family, where the lab has both: when it broke, or else when a listing found the most. */
function familiesIn({ meta, compositions }: ConntrackInputs, at: number | undefined): Pick<ConntrackSummary, 'families'> {
  if (meta.lab.family !== 'dual') return {};
  const listed = compositions.map((listing) => ({ listing, all: sum(Object.values(listing.states)) }));
  const most = listed.reduce<(typeof listed)[number] | undefined>(
    (a, b) => (a !== undefined && a.all >= b.all ? a : b),
    undefined,
  );
  const listing = at === undefined ? most?.listing : listingNear(compositions, at);
  if (listing === undefined) return {};
  const { states, ipv6 = 0 } = listing;
  return { families: { ipv4: sum(Object.values(states)) - ipv6, ipv6 } };
}

function bystander(owner: keyof ConntrackSummary['otherTables'], table: TableSeries): ConntrackSummary['otherTables'] {
  return table.samples.length === 0 || !table.counted
    ? {}
    : { [owner]: { drop: table.totals.drop, peakEntries: table.peakEntries } };
}

/**
 * SYNs dropped ÷ SYNs that met a full table; null when none did. Each of them was either dropped or evicted others:
 * `early_drop` counts the evicted, of which one SYN may take several.
 */
function measuredDropShare(
  { drop, earlyDrop }: { readonly drop: number; readonly earlyDrop: number },
  unassured: number,
  { max, buckets }: Capacity,
): number | null {
  if (drop + earlyDrop === 0) return null; // nor is there anything to divide by where the table is not monitored
  return drop / (drop + earlyDrop / evictedAtOnce(unassured, max, buckets));
}

/**
 * Share of a full table that early drop could evict: as in the first listing from the break on, when it is full. Ballast is
 * ASSURED, all of it.
 */
function unassuredShare(log: Pick<RunLog, 'meta' | 'tables' | 'compositions'>, at: number | undefined): number {
  const end = at ?? log.tables.gateway.samples.last?.t ?? 0;
  const listing = listingFrom(log.compositions, end) ?? nearest(log.compositions, end);
  if (listing === undefined) return 0;
  const listed = Object.values(listing.states).reduce((sum, count) => sum + count, 0);
  const { effectiveMax, max } = log.meta.lab.capacity;
  return listed === 0 ? 0 : ((listed - listing.assured) / listed) * (effectiveMax / max);
}
