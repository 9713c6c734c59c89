import { readTimeline } from '../../../src/timeline/read-timeline.ts';
import { type LabRun, runLab, type Site } from './lab-run.ts';
import type { Column, Row } from './table.ts';

export const ENTRY_COUNTS = [1_000, 10_000, 100_000, 262_144, 1_000_000, 4_000_000];

export const ENTRY_COLUMNS: readonly Column[] = [
  { key: 'startSeconds', title: 'start', unit: 'seconds', isCost: true },
  { key: 'teardownSeconds', title: 'teardown', unit: 'seconds', isCost: true },
  { key: 'flushSeconds', title: '`conntrack -F`', unit: 'seconds', isCost: true },
  { key: 'onTimeShare', title: 'samples on time', unit: 'share', isCost: false },
  { key: 'entryBytes', title: 'kernel memory', unit: 'bytes', isCost: true },
  { key: 'mainBytes', title: 'ctload’s memory', unit: 'bytes', isCost: true },
];

const LIMIT_SECONDS = 120;
/** Beyond the prefilled ones, for the load. */
const ROOM = 1_000;

/** A table that is full but for a little: what it takes to have it and to be rid of it, and what the kernel alone takes for that. */
export async function entriesRow(site: Site, entries: number): Promise<Row> {
  const run = await runLab(site, scenarioOf(entries), LIMIT_SECONDS);
  if (typeof run === 'string') return { quantity: entries, values: {}, cannot: run };
  const flushed = await runLab(site, `${scenarioOf(entries)}actions:\n  - {at: 1s, flush: true}\n`, LIMIT_SECONDS);
  const { startSeconds, teardownSeconds, entryBytes, mainBytes, summary }: LabRun = run;
  const flushSeconds = typeof flushed === 'string' ? null : flushIn(flushed.folder);
  const onTimeShare = summary.conntrack.sampler?.onTimeShare ?? null;
  return { quantity: entries, values: { startSeconds, teardownSeconds, flushSeconds, onTimeShare, entryBytes, mainBytes } };
}

const scenarioOf = (entries: number) => `version: 1
name: growth-entries
gateway:
  conntrack: {max: ${entries + ROOM}, prefill: ${entries}}
floods:
  dials: {kind: short, protocol: tcp, executor: constant-arrival-rate, rate: 50, duration: 3s}
`;

/** Seconds that `conntrack -F` took in a run. */
function flushIn(folder: string): number | null {
  for (const record of readTimeline(folder)) {
    if (record.type === 'event' && record.action?.flush) return record.action.doneSeconds - record.t;
  }
  return null;
}
