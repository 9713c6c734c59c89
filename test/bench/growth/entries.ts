import { type LabRun, runLab, type Site } from './lab-run.ts';
import type { Column, Row } from './table.ts';

export const ENTRY_COUNTS = [1_000, 10_000, 100_000, 262_144, 1_000_000];

export const ENTRY_COLUMNS: readonly Column[] = [
  { key: 'startSeconds', title: 'start', unit: 'seconds', isCost: true },
  { key: 'teardownSeconds', title: 'teardown', unit: 'seconds', isCost: true },
  { key: 'entryBytes', title: 'kernel memory', unit: 'bytes', isCost: true },
  { key: 'mainBytes', title: 'ctload’s memory', unit: 'bytes', isCost: true },
];

const LIMIT_SECONDS = 120;
/** Beyond the prefilled ones, for the load. */
const ROOM = 1_000;

/** A table that is full but for a little: what it takes to have it and to be rid of it. */
export async function entriesRow(site: Site, entries: number): Promise<Row> {
  const run = await runLab(
    site,
    `version: 1
name: growth-entries
gateway:
  conntrack: {max: ${entries + ROOM}, prefill: ${entries}}
floods:
  dials: {kind: short, protocol: tcp, executor: constant-arrival-rate, rate: 50, duration: 3s}
`,
    LIMIT_SECONDS,
  );
  if (typeof run === 'string') return { quantity: entries, values: {}, cannot: run };
  const { startSeconds, teardownSeconds, entryBytes, mainBytes }: LabRun = run;
  return { quantity: entries, values: { startSeconds, teardownSeconds, entryBytes, mainBytes } };
}
