import { count, milliseconds, percent, plural } from '../../model/format.ts';
import type { FloodSummary, LatencySummary } from '../../model/result/flood-summary.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What the clients felt: failures, connect times, and how the sockets fared that were open all along. */
export function clientLines(summary: Summary): [string, string][] {
  const all = Object.values(summary.floods);
  const floods = all.filter(({ kind }) => kind !== 'half-open' && kind !== 'udp'); // no connection is made there
  if (floods.length === 0 && all.length > 0) return [...halfOpenLine(summary), ...datagramLine(summary)];
  const attempted = total(floods, (flood) => flood.attempted);
  if (attempted === 0) return [['Clients', 'no attempts']];
  const failed = total(floods, (flood) => flood.failed);
  const delayed = total(floods, (flood) => flood.delayed);
  const waited = delayed === 0 ? '' : `, ${count(delayed)} more needed a SYN retransmission`;
  const outcome =
    failed + delayed === 0
      ? `all ${count(attempted)} attempts connected, no SYN retransmissions`
      : `${count(failed)} of ${count(attempted)} attempts failed (${percent(failed / attempted)})${waited}`;
  const connecting = slowest(floods, 'connecting');
  const times =
    connecting === undefined
      ? ''
      : `; connected in p50 ${milliseconds(connecting.p50)}, p99 ${milliseconds(connecting.p99)}, max ${milliseconds(connecting.max)}`;
  return [['Clients', outcome + times], ...heldLine(floods), ...halfOpenLine(summary), ...datagramLine(summary)];
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
function datagramLine({ floods, accounting }: Summary): [string, string][] {
  const udp = Object.values(floods).filter(({ kind }) => kind === 'udp');
  const sent = total(udp, (flood) => flood.attempted);
  if (sent === 0) return [];
  const failed = total(udp, (flood) => flood.failed);
  const unsuccessful = failed === 0 ? '' : `; ${count(failed)} attempts failed (${percent(failed / sent)})`;
  const waiting = slowest(udp, 'waiting');
  const times =
    waiting === undefined
      ? ''
      : `; answered in p50 ${milliseconds(waiting.p50)}, p99 ${milliseconds(waiting.p99)}, max ${milliseconds(waiting.max)}`;
  const lost = `${count(accounting.datagramsLost)} of ${count(sent)} never arrived`;
  return [['Datagrams', lost + unsuccessful + times]];
}

/** Established flows keep their entries: a full table turns away new ones only. */
function heldLine(floods: readonly FloodSummary[]): [string, string][] {
  const long = floods.filter((flood) => flood.kind === 'long');
  if (long.length === 0) return [];
  const missed = total(long, (flood) => flood.heartbeatsMissed);
  const answered = total(long, (flood) => flood.heartbeats);
  const lost = total(long, (flood) => flood.disconnected);
  const heartbeat = slowest(long, 'heartbeat');
  const state = missed === 0 && lost === 0 ? 'stayed responsive' : `lost ${count(lost)} connections`;
  const p99 = heartbeat === undefined ? '' : `, p99 ${milliseconds(heartbeat.p99)}`;
  const most = plural(
    total(long, (flood) => flood.peakOpen),
    'socket',
  );
  return [['Held', `up to ${most} ${state}: ${count(answered)} heartbeats answered, ${count(missed)} missed${p99}`]];
}

function total(floods: readonly FloodSummary[], value: (flood: FloodSummary) => number): number {
  return floods.reduce((sum, flood) => sum + value(flood), 0);
}

function slowest(floods: readonly FloodSummary[], phase: string): LatencySummary | undefined {
  return floods.flatMap((flood) => flood.latencyMs[phase] ?? []).toSorted((a, b) => b.p99 - a.p99)[0];
}
