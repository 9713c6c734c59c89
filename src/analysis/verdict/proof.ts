import type { Reason } from '../../model/result/findings.ts';
import type { Accounting } from '../../model/result/summary.ts';
import { TOLERANCE } from '../accounting/tolerance.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { OtherTraffic } from '../causes/other-traffic.ts';
import { firstDropIn } from '../log/gateways.ts';
import { firstToDrop } from '../metrics/gateways.ts';
import { type CheckInputs, OTHER_TABLES } from './validity-checks.ts';

/** What proves that the gateway's table was full and that its drops are what the clients felt. */
export function proof(inputs: ProofInputs, { point }: FirstDrop): Reason[] {
  const { log, accounting, reconciliation, kernelLogLines } = inputs;
  const { entries, atSeconds, firstFailureAtSeconds } = point;
  const capacity = log.tables.gateway.capacity.whenFull(atSeconds, entries);
  const { earlyDrop } = log.tables.gateway.totals;
  return [
    { code: 'table-full', figures: { entries, capacity, atSeconds, ...firstOf(log) } },
    ...gatewayDrops(log),
    ...(inputs.otherTraffic === undefined ? dropsAccountedFor(accounting) : sharedDrops(accounting, inputs.otherTraffic)),
    ...(reconciliation === 'with-backlog-drops' ? machineLost(accounting) : []),
    ...(accounting.listenDropped === 0
      ? []
      : [{ code: 'listen-queue-dropped', figures: { listenDropped: accounting.listenDropped } } as const]),
    ...droppedByRules({ ...inputs, ruleDrops: log.ruleDrops }),
    ...otherTablesClean(log.tables),
    ...(firstFailureAtSeconds === null
      ? []
      : [{ code: 'first-affected', figures: { atSeconds: firstFailureAtSeconds } } as const]),
    ...(kernelLogLines === 0 ? [] : [{ code: 'kernel-logged', figures: { lines: kernelLogLines } } as const]),
    ...evictions(earlyDrop, reconciliation === 'with-early-drop'),
  ];
}

/** Of several gateways the one that dropped first, or those that cannot be told apart; nothing where there is one. */
function firstOf(log: ProofInputs['log']): { readonly gateways?: readonly string[] } {
  const gateways = firstToDrop(log).map(({ facts }) => facts.name);
  return gateways.length === 0 ? {} : { gateways };
}

/** What each of several gateways dropped, in order of time. */
function gatewayDrops({ gateways, tables }: ProofInputs['log']): Reason[] {
  if (gateways.length === 0) return [];
  const drops = gateways.map(({ facts, table }) => ({
    name: facts.name,
    drops: table.totals.drop,
    atSeconds: firstDropIn(table) ?? null,
  }));
  const time = ({ atSeconds }: (typeof drops)[number]) => atSeconds ?? Number.POSITIVE_INFINITY;
  const inOrder = drops.toSorted((a, b) => time(a) - time(b) || 0);
  return [{ code: 'gateways-dropped', figures: { drops: inOrder, total: tables.gateway.totals.drop } }];
}

export interface ProofInputs extends CheckInputs {
  /** Lines "table full" in the kernel log. */
  readonly kernelLogLines: number;
}

function dropsAccountedFor(accounting: Accounting): Reason[] {
  const { kernelDrops, explainedByClients, laterRetransmissions, laterResets, share: ratio, ...terms } = accounting;
  const { synRetransmissions, abandoned, timeWaitDropped, halfOpenLost, datagramsLost } = terms;
  const { upstreamRetransmissions, upstreamAbandoned, ruleDropped } = terms;
  const drops = kernelDrops - explainedByClients;
  const later = Math.min(drops, laterRetransmissions + laterResets);
  const late = later > 0 && (drops <= later || (ratio ?? 1) < 1 - TOLERANCE);
  const excess = ratio !== null && ratio > 1 + TOLERANCE ? -drops : 0;
  const known = {
    kernelDrops,
    synRetransmissions,
    abandoned,
    timeWaitDropped,
    halfOpenLost,
    datagramsLost,
    ruleDropped,
    ratio,
    upstreamRetransmissions,
    upstreamAbandoned,
  };
  return [
    { code: 'drops-accounted-for', figures: { ...known, nearly: drops > later || (drops > 0 && !late), excess } },
    ...(late
      ? [
          {
            code: 'late-segments-dropped',
            figures: { drops: later, laterRetransmissions, laterResets, unknown: drops - later },
          } as const,
        ]
      : []),
  ];
}

function sharedDrops(
  { kernelDrops, explainedByClients, synRetransmissions, abandoned }: Accounting,
  { drops, share }: OtherTraffic,
): Reason[] {
  const figures = { kernelDrops, explainedByClients, synRetransmissions, abandoned, others: drops, othersShare: share };
  return [{ code: 'other-traffic-dropped', figures }];
}

/** What the user's own rules dropped of the packets that clients lost; nothing where they dropped none of them. */
export function droppedByRules({
  accounting,
  ruleDrops,
}: {
  readonly accounting: Accounting;
  readonly ruleDrops: ProofInputs['log']['ruleDrops'];
}): Reason[] {
  if (ruleDrops === undefined || ruleDrops.packets === 0) return [];
  return [{ code: 'dropped-by-rules', figures: { ...ruleDrops, lost: accounting.ruleDropped } }];
}

function machineLost({ kernelDrops, explainedByClients, backlogDropped }: Accounting): Reason[] {
  return [{ code: 'machine-lost-packets', figures: { excess: explainedByClients - kernelDrops, backlogDropped } }];
}

/** Which other tables were read; nothing when none was. */
function otherTablesClean(tables: ProofInputs['log']['tables']): Reason[] {
  const read = OTHER_TABLES.filter((owner) => tables[owner].samples.length > 0);
  return read.length === 0 ? [] : [{ code: 'other-tables-clean', figures: { tables: read } }];
}

/** What early drop evicted; nothing when it was idle. */
function evictions(evicted: number, explainsRatio: boolean): Reason[] {
  return evicted === 0 ? [] : [{ code: 'early-drop', figures: { evicted, explainsRatio } }];
}
