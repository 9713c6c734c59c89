import { count, percent, plural, seconds } from '../../model/format.ts';
import type { RunReport } from '../../model/result/report.ts';
import type { Summary } from '../../model/result/summary.ts';
import { boundText } from '../facts/verdict-heading.ts';

/** What happened, when, and why that is certain, in one sentence. */
export function summarySentence({ summary }: RunReport): string {
  const { verdict } = summary;
  if (verdict.kind === 'broke') return broke(summary);
  if (verdict.kind === 'held') return held(summary);
  const [first = 'Not enough was recorded.'] = verdict.reasons;
  if (verdict.validity === 'generator-bound') return `The load generator was the limit, not the gateway: ${first}`;
  if (verdict.validity === 'valid') return `Nothing broke before the load was stopped: ${first}`;
  return `Inconclusive: ${first}`;
}

function broke({ breakingPoint: point, conntrack, accounting, verdict: { bound, reasons } }: Summary): string {
  const [first = ''] = reasons;
  if (accounting.kernelDrops === 0) return first;
  const than = bound === null ? '' : `${boundText(bound)} than `;
  const when = point === null ? '' : ` ${than}${seconds(point.atSeconds)} into the load`;
  return `The conntrack table of ${count(point?.capacity ?? conntrack.effectiveMax)} entries was full${when} and new connections were lost: ${accountedFor(accounting)}.`;
}

function accountedFor(accounting: Summary['accounting']): string {
  const { kernelDrops, explainedByClients, halfOpenLost, datagramsLost, timeWaitDropped } = accounting;
  const fate = halfOpenLost > 0 ? 'retransmitted, abandoned or left half-open' : 'retransmitted or abandoned';
  const exact = kernelDrops === explainedByClients;
  if (datagramsLost > 0 && datagramsLost === explainedByClients) {
    return exact
      ? `all ${count(kernelDrops)} packets the kernel dropped are datagrams that did not arrive`
      : `the kernel dropped ${count(kernelDrops)} packets, ${count(datagramsLost)} datagrams did not arrive`;
  }
  const others = timeWaitDropped > 0 ? ' (not counting those that met TIME_WAIT at the backend)' : '';
  const datagrams = datagramsLost > 0 ? ` or ${exact ? '' : `${count(datagramsLost)} `}datagrams that did not arrive` : '';
  return exact
    ? `all ${count(kernelDrops)} packets the kernel dropped are SYNs that clients ${fate}${datagrams}`
    : `the kernel dropped ${count(kernelDrops)} packets, clients ${fate} ${count(explainedByClients - datagramsLost)} SYNs${others}${datagrams.replace(' or ', ', ')}`;
}

function held({ conntrack, floods }: Summary): string {
  const { peakEntries, peakCapacity: capacity = conntrack.effectiveMax, earlyDrop } = conntrack;
  const all = Object.values(floods);
  const attempted = all.reduce((sum, flood) => sum + flood.attempted, 0);
  const failed = all.reduce((sum, flood) => sum + flood.failed, 0);
  const outcome =
    failed === 0 ? `all ${count(attempted)} attempts succeeded` : `${count(failed)} of ${count(attempted)} attempts failed`;
  return `The conntrack table held: at most ${count(peakEntries)} of ${count(capacity)} entries (${percent(peakEntries / capacity)}), no packet dropped, ${earlyDrop > 0 ? `${plural(earlyDrop, 'flow')} evicted without affecting a waiting client, ` : ''}${outcome}.`;
}
