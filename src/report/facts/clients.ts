import { count, milliseconds, percent, plural } from '../../model/format.ts';
import { isDatagrams } from '../../model/input/flood-kind.ts';
import type { FloodSummary, LatencySummary } from '../../model/result/flood-summary.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What the clients felt: failures, connect times, and how the sockets fared that were open all along. */
export function clientLines(summary: Summary): [string, string][] {
  const all = Object.values(summary.floods);
  const floods = all.filter(({ kind }) => kind !== 'half-open' && !isDatagrams(kind)); // no connection is made there
  if (floods.length === 0 && all.length > 0) return [...halfOpenLine(summary), ...datagramLine(summary), ...lookupLine(summary)];
  const attempted = total(floods, (flood) => flood.attempted);
  if (attempted === 0) return [['Clients', 'no attempts']];
  const failed = total(floods, (flood) => flood.failed);
  const delayed = total(floods, (flood) => flood.delayed);
  const waited = delayed === 0 ? '' : `, ${count(delayed)} more needed a SYN retransmission`;
  const outcome =
    failed + delayed === 0
      ? `all ${count(attempted)} attempts connected, no SYN retransmissions`
      : `${count(failed)} of ${count(attempted)} attempts failed (${percent(failed / attempted)})${waited}`;
  const times = timesOf(summary, floods, 'connecting', 'connected');
  return [
    ['Clients', outcome + times],
    ...heldLine(summary, floods),
    ...halfOpenLine(summary),
    ...datagramLine(summary),
    ...lookupLine(summary),
  ];
}

/** Only the backend knows whether a half-open SYN got through. */
function halfOpenLine({ floods, accounting }: Summary): [string, string][] {
  const sent = total(
    Object.values(floods).filter((flood) => flood.kind === 'half-open'),
    (flood) => flood.succeeded,
  );
  return sent === 0 ? [] : [['Half-open', `${count(accounting.halfOpenLost)} of ${count(sent)} SYNs never reached the backend`]];
}

/** A client knows whether a datagram got through only if it expects an answer. */
function datagramLine(summary: Summary): [string, string][] {
  const { floods, accounting } = summary;
  const udp = Object.values(floods).filter(({ kind }) => isDatagrams(kind) && kind !== 'dns');
  const sent = total(udp, (flood) => flood.attempted);
  if (sent === 0) return [];
  const failed = total(udp, (flood) => flood.failed);
  const unsuccessful = failed === 0 ? '' : `; ${count(failed)} attempts failed (${percent(failed / sent)})`;
  const times = timesOf(summary, udp, 'waiting', 'answered');
  const lost = `${count(accounting.datagramsLost)} of ${count(sent)} never arrived`;
  const echoes = udp.every(({ kind }) => kind === 'icmp');
  return [[echoes ? 'Echoes' : 'Datagrams', lost + unsuccessful + times]];
}

/** What became of the two queries of each lookup, which race for one entry. */
function lookupLine(summary: Summary): [string, string][] {
  const { floods, accounting, conntrack } = summary;
  const dns = Object.values(floods).filter(({ kind }) => kind === 'dns');
  const asked = total(dns, (flood) => flood.attempted);
  if (asked === 0) return [];
  const { clashResolve = 0, insertFailed } = conntrack;
  const of = (clashed: number) => `${count(clashed)} (${percent(clashed / asked)})`;
  const raced = `A and AAAA clashed in ${of(clashResolve + insertFailed)} of ${count(asked)} lookups`;
  const became = `the kernel resolved ${of(clashResolve)} (clash_resolve) and dropped ${of(insertFailed)} (insert_failed)`;
  const failed = total(dns, (flood) => flood.failed);
  const lost = `${count(accounting.datagramsLost)} queries or answers were lost, ${count(failed)} lookups failed`;
  return [['Lookups', `${raced}: ${became}; ${lost}${timesOf(summary, dns, 'waiting', 'answered')}`]];
}

/** Established flows keep their entries: a full table turns away new ones only. */
function heldLine(summary: Summary, floods: readonly FloodSummary[]): [string, string][] {
  const long = floods.filter((flood) => flood.kind === 'long');
  if (long.length === 0) return [];
  const missed = total(long, (flood) => flood.heartbeatsMissed);
  const answered = total(long, (flood) => flood.heartbeats);
  const lost = total(long, (flood) => flood.disconnected);
  if (long.every(({ succeeded }) => succeeded === 0)) return [['Held', 'no connection was opened']];
  const heartbeat = slowest(summary, long, 'heartbeat');
  const state = missed === 0 && lost === 0 ? 'stayed responsive' : `lost ${count(lost)} connections`;
  const p99 = heartbeat === undefined ? '' : `, ${heartbeat.whose}p99 ${milliseconds(heartbeat.latency.p99)}`;
  const most = plural(
    total(long, (flood) => flood.peakOpen),
    'socket',
  );
  return [['Held', `up to ${most} ${state}: ${count(answered)} heartbeats answered, ${count(missed)} missed${p99}`]];
}

function total(floods: readonly FloodSummary[], value: (flood: FloodSummary) => number): number {
  return floods.reduce((sum, flood) => sum + value(flood), 0);
}

/** `; connected in p50 …` of the slowest flood, which is named unless it is the only one that was timed. */
function timesOf(summary: Summary, floods: readonly FloodSummary[], phase: string, verb: string): string {
  const found = slowest(summary, floods, phase);
  if (found === undefined) return '';
  const { p50, p99, max } = found.latency;
  return `; ${found.whose}${verb} in p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)}`;
}

/**
 * Percentiles of several floods cannot be merged, so the times are those of the one with the highest p99; `whose` names it unless no
 * other was timed.
 */
export function slowest(
  { floods: all }: Summary,
  floods: readonly FloodSummary[],
  phase: string,
): { readonly whose: string; readonly latency: LatencySummary } | undefined {
  const timed = Object.entries(all).flatMap(([name, flood]) => {
    const latency = floods.includes(flood) ? flood.latencyMs[phase] : undefined;
    return latency === undefined ? [] : [{ name, latency }];
  });
  const [first] = timed.toSorted((a, b) => b.latency.p99 - a.latency.p99);
  return first && { latency: first.latency, whose: timed.length > 1 ? `slowest flood (${first.name}) ` : '' };
}
