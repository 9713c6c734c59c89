import type { FloodSummary, LatencySummary, Summary } from '../model/summary.ts';
import { count, milliseconds, percent, plural } from './format.ts';

/** What the clients felt: failures, connect times, and how the sockets fared that were open all along. */
export function clientLines(summary: Summary): [string, string][] {
  const floods = Object.values(summary.floods);
  const attempted = total(floods, (flood) => flood.attempted);
  if (attempted === 0) return [['Clients', 'made no attempt']];
  const failed = total(floods, (flood) => flood.failed);
  const delayed = total(floods, (flood) => flood.delayed);
  const waited = delayed === 0 ? '' : `, ${count(delayed)} more had to repeat their SYN`;
  const outcome =
    failed + delayed === 0
      ? `all ${count(attempted)} attempts connected, none with a repeated SYN`
      : `${count(failed)} of ${count(attempted)} attempts failed (${percent(failed / attempted)})${waited}`;
  const connecting = slowest(floods, 'connecting');
  const times =
    connecting === undefined
      ? ''
      : `; connected in p50 ${milliseconds(connecting.p50)}, p99 ${milliseconds(connecting.p99)}, max ${milliseconds(connecting.max)}`;
  return [['Clients', outcome + times], ...heldLine(floods)];
}

/** Established flows keep their entries: a full table turns away new ones only. */
function heldLine(floods: readonly FloodSummary[]): [string, string][] {
  const long = floods.filter((flood) => flood.kind === 'long');
  if (long.length === 0) return [];
  const missed = total(long, (flood) => flood.heartbeatsMissed);
  const answered = total(long, (flood) => flood.heartbeats);
  const lost = total(long, (flood) => flood.disconnected);
  const heartbeat = slowest(long, 'heartbeat');
  const state = missed === 0 && lost === 0 ? 'kept answering' : `lost ${count(lost)} connections`;
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
