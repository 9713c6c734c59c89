import type { Accounting, Verdict } from '../../model/result/summary.ts';
import { type AttemptCounts, type FailureCause, totalFailed } from '../../model/timeline/attempt.ts';
import { reconcile } from '../accounting/accounting.ts';
import { failedShare, mainCause } from '../causes/attribution.ts';
import { totalAttempts } from '../log/load.ts';
import { type RunLog, tableIsKnown } from '../log/run-log.ts';
import { totalsOf } from '../log/table.ts';
import { stopReason } from '../metrics/thresholds.ts';
import { percent } from '../statistics/percent.ts';
import { type Effort, generatorTroubles, NEGLIGIBLE } from './generator-bound.ts';
import { busyWithin, othersShare, overloadOf } from './overload.ts';
import { leftOutBefore, paceUntil } from './pace.ts';
import { type CheckInputs, OTHER_TABLES, validityChecks } from './validity-checks.ts';

/** What to make of it all (design.md §5). `failures` are those of the whole run, with their causes named. */
export function judge(findings: CheckInputs, failures: Partial<Record<FailureCause, number>>): Verdict {
  const doubtful = validityChecks(findings);
  return findings.first === undefined
    ? judgeWithoutDrops(findings, failures, doubtful)
    : judgeDrops(findings, failures, doubtful);
}

function judgeDrops(
  findings: CheckInputs,
  failures: Partial<Record<FailureCause, number>>,
  doubtful: readonly string[],
): Verdict {
  // A full table makes connections pile up, so only what the generator lacked before the break was its own doing.
  const bound = generatorTroubles(effort(findings, failures, findings.first?.point.atSeconds));
  const validity = bound.length > 0 ? 'generator-bound' : 'valid';
  if (doubtful.length === 0) return { kind: 'broke', validity, cause: 'conntrack-full', reasons: [...bound, ...proof(findings)] };
  return {
    kind: 'inconclusive',
    validity: bound.length > 0 ? 'generator-bound' : 'inconclusive',
    cause: null,
    reasons: [...bound, ...doubtful],
  };
}

function proof({ log, accounting, first }: CheckInputs): string[] {
  if (first === undefined) return [];
  const { point } = first;
  const { earlyDrop } = totalsOf(log.tables.gateway);
  const { effectiveMax } = log.meta.lab.capacity;
  const { kernelDrops, explainedByClients, synRetransmissions, abandoned, halfOpenLost, datagramsLost, timeWaitDropped, share } =
    accounting;
  const beyond = kernelDrops - explainedByClients;
  const late = beyond > 0 && beyond <= accounting.laterRetransmissions;
  const unseen = [
    ...(timeWaitDropped > 0
      ? [` − ${timeWaitDropped} ${timeWaitDropped === 1 ? 'SYN' : 'SYNs'} that the backend dropped in TIME_WAIT`]
      : []),
    ...(halfOpenLost > 0 ? [` + ${halfOpenLost} half-open SYNs the backend never saw`] : []),
    ...(datagramsLost > 0 ? [` + ${datagramsLost} datagrams that did not arrive`] : []),
  ].join('');
  const reasons = [
    `The gateway's table held ${point.entries} of ${effectiveMax} entries when the kernel first dropped a packet for want of room, ${point.atSeconds.toFixed(2)} s into the load.`,
    `${beyond > 0 && !late ? 'Nearly every' : 'Every'} drop is accounted for: ${kernelDrops} packets dropped by the kernel, ${synRetransmissions} SYNs repeated + ${abandoned} attempts given up by clients${unseen} (share ${share?.toFixed(3)}).`,
    ...(late
      ? [
          `The ${beyond} drops beyond that were no SYNs but packets of connections whose entry the kernel's garbage collector had taken as they closed: client and backend repeated ${accounting.laterRetransmissions} such segments.`,
        ]
      : []),
    ...bystanderSentence(log),
  ];
  if (point.firstFailureAtSeconds !== null) {
    reasons.push(`The first attempt to feel it was due at ${point.firstFailureAtSeconds.toFixed(2)} s.`);
  }
  if (log.kernelLog.length > 0) {
    reasons.push(`The kernel logged "table full" ${times(log.kernelLog.length)} (it limits itself to 10 lines in 5 s).`);
  }
  if (earlyDrop > 0) reasons.push(earlyDropNote(earlyDrop, reconcile(accounting, earlyDrop) === 'with-early-drop'));
  return reasons;
}

/** Says which other tables were read; nothing when none was. */
function bystanderSentence({ tables }: RunLog): string[] {
  const owners = (Object.keys(OTHER_TABLES) as (keyof typeof OTHER_TABLES)[]).filter((owner) => tables[owner].samples.length > 0);
  const names = owners.map((owner) => (owner === 'host' ? OTHER_TABLES.host : owner));
  if (names.length === 0) return [];
  const listed = [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');
  if (owners.includes('backend')) return [`No other table on the path dropped a packet: ${listed} at 0.`];
  return [`No other table in sight dropped a packet: ${listed} at 0 (what is behind the gateway is not).`];
}

function earlyDropNote(evicted: number, explains: boolean): string {
  const note = `Early drop evicted ${evicted} flows that were not yet assured`;
  return explains ? `${note}; a handshake among them repeats its SYN without a drop, hence the share above 1.` : `${note}.`;
}

function judgeWithoutDrops(
  findings: CheckInputs,
  failures: Partial<Record<FailureCause, number>>,
  doubtful: readonly string[],
): Verdict {
  const { log } = findings;
  const counts = totalAttempts(log);
  const { peakEntries } = log.tables.gateway;
  const { effectiveMax } = log.meta.lab.capacity;
  const { earlyDrop } = totalsOf(log.tables.gateway);
  const reasons = [
    ...(tableIsKnown(log)
      ? [
          `The gateway's table dropped nothing; it peaked at ${peakEntries} of ${effectiveMax} entries (${percent(peakEntries / effectiveMax)}).`,
        ]
      : []),
    outcomeSentence(counts, failures),
    ...(earlyDrop > 0 ? [earlyDropNote(earlyDrop, false)] : []),
  ];
  const interrupted = log.end?.outcome === 'interrupted' ? ['The load was interrupted before it was over.'] : [];
  const bound = generatorTroubles(effort(findings, failures));
  if (bound.length > 0) {
    return {
      kind: 'inconclusive',
      validity: 'generator-bound',
      cause: mainCause(failures),
      reasons: [...doubtful, ...bound, ...interrupted, ...reasons],
    };
  }
  const open = [...doubtful, ...unexplained(counts, findings.accounting, tableIsKnown(log)), ...interrupted];
  if (open.length > 0) {
    return { kind: 'inconclusive', validity: 'inconclusive', cause: mainCause(failures), reasons: [...open, ...reasons] };
  }
  const stopped = stopReason(log);
  // Cut short as the scenario asked for: nothing is wrong with the run, but it is no proof that the table takes the load.
  if (stopped !== undefined) return { kind: 'inconclusive', validity: 'valid', cause: null, reasons: [stopped, ...reasons] };
  return { kind: 'held', validity: 'valid', cause: null, reasons };
}

function outcomeSentence(counts: AttemptCounts, failures: Partial<Record<FailureCause, number>>): string {
  const failed = totalFailed(counts);
  if (failed === 0) return `All ${counts.succeeded} attempts succeeded.`;
  const causes = Object.entries(failures).sort(([, a], [, b]) => b - a);
  return `${failed} of ${counts.attempted} attempts failed (${percent(failedShare(counts))}): ${causes.map(([cause, n]) => `${cause} ${n}`).join(', ')}.`;
}

/** What the clients suffered although no table dropped anything, as far as tables were read. */
function unexplained(counts: AttemptCounts, { datagramsLost, timeWaitDropped }: Accounting, tableKnown: boolean): string[] {
  const found: string[] = [];
  const although = tableKnown
    ? ' although no conntrack table dropped a packet'
    : '; whether a conntrack table dropped their packets is unknown';
  const share = (count: number) => count / Math.max(1, counts.attempted);
  if (counts.attempted === 0) found.push('No attempt was made.');
  if (failedShare(counts) > NEGLIGIBLE) found.push(`Attempts failed${although}.`);
  if (share(counts.delayed) > NEGLIGIBLE) {
    const met = timeWaitDropped === 0 ? '' : ` (${timeWaitDropped} SYNs met connections in TIME_WAIT at the backend)`;
    found.push(`${counts.delayed} connections needed a repeated SYN${although}${met}.`);
  }
  if (share(datagramsLost) > NEGLIGIBLE) found.push(`${datagramsLost} datagrams did not arrive${although}.`);
  if (share(counts.disconnected) > NEGLIGIBLE) found.push(`${counts.disconnected} held sockets ended before their time.`);
  return found;
}

/** Of the time before the first drop, at `at`, if there was one; else of the whole load. */
function effort(
  { log, generator, accounting }: CheckInputs,
  failures: Partial<Record<FailureCause, number>>,
  at?: number,
): Effort {
  const counts = totalAttempts(log, at);
  const until = at ?? log.loads.at(-1)?.at ?? 0;
  const busy = busyWithin(log, 0, until);
  return {
    counts: at === undefined ? counts : { ...counts, notStarted: leftOutBefore(log, at) },
    failures: at === undefined ? failures : counts.failed,
    pace: paceUntil(log, until),
    when: at === undefined ? 'of the whole load' : 'before the break',
    generator,
    cpus: log.meta.environment.cpus,
    floods: log.meta.scenario.floods,
    busy,
    others: othersShare(log, busy),
    backlogDropped: accounting.backlogDropped,
    begun: totalAttempts(log).attempted,
    noticedLate: log.noticedLate,
    // What follows a full table looks the same, and is its doing.
    overload: at === undefined ? overloadOf(log, failures, counts, accounting) : undefined,
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
