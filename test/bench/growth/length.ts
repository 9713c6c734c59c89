import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LATENCY_FILE, TIMELINE_FILE } from '../../../src/timeline/files.ts';
import { watchCommand } from './command.ts';
import { runLab, type Site } from './lab-run.ts';
import { stretch } from './stretch.ts';
import type { Column, Row } from './table.ts';

export const LENGTHS = [60, 300, 900, 1800];

export const LENGTH_COLUMNS: readonly Column[] = [
  { key: 'timelineBytes', title: 'timeline', unit: 'bytes', isCost: true },
  { key: 'latencyBytes', title: 'latency log', unit: 'bytes', isCost: true },
  { key: 'reportSeconds', title: 'report', unit: 'seconds', isCost: true },
  { key: 'reportBytes', title: 'its memory', unit: 'bytes', isCost: true },
  { key: 'htmlBytes', title: 'report.html', unit: 'bytes', isCost: true },
  { key: 'csvBytes', title: 'timeline.csv', unit: 'bytes', isCost: true },
];

const UNIT = 15; // seconds of the real run that are repeated
const LIMIT_SECONDS = 120;

const SCENARIO = `version: 1
name: growth-length
gateway:
  conntrack: {max: 262144, timeouts: {tcp_time_wait: 5s}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 2000, duration: ${UNIT + 2}s}
  dials: {kind: short, protocol: tcp, executor: constant-arrival-rate, rate: 3000, duration: ${UNIT + 2}s}
  sockets:
    kind: long
    executor: ramping-connections
    stages: [{duration: 2s, target: 1000}, {duration: ${UNIT}s, target: 1000}]
    heartbeat: 1s
`;

/** Makes the record that all rows repeat. Returns its folder, or why there is none. */
export async function recordUnit(site: Site): Promise<{ readonly folder: string } | string> {
  const run = await runLab(site, SCENARIO, UNIT + LIMIT_SECONDS);
  return typeof run === 'string' ? run : { folder: run.folder };
}

/** `ctload report` of a record of that length. */
export async function lengthRow(site: Site, unit: { readonly folder: string } | string, seconds: number): Promise<Row> {
  if (typeof unit === 'string') return { quantity: seconds, values: {}, cannot: unit };
  const folder = join(site.scratch, `length-${seconds}`);
  try {
    stretch(unit.folder, folder, UNIT, seconds);
    const cost = await watchCommand([process.execPath, site.cli, 'report', folder], LIMIT_SECONDS, site.signal);
    if (cost.exit.code !== 0) return { quantity: seconds, values: {}, cannot: `exit code ${cost.exit.code ?? cost.exit.signal}` };
    const bytes = (file: string) => statSync(join(folder, file)).size;
    return {
      quantity: seconds,
      values: {
        timelineBytes: bytes(TIMELINE_FILE),
        latencyBytes: bytes(LATENCY_FILE),
        reportSeconds: cost.seconds,
        reportBytes: cost.mainBytes,
        htmlBytes: bytes('report.html'),
        csvBytes: bytes('timeline.csv'),
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
