import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../../src/model/result/summary.ts';
import type { GaugeRecord } from '../../../src/model/timeline/sample.ts';
import { execute } from '../../../src/platform/exec.ts';
import { LATENCY_FILE } from '../../../src/timeline/files.ts';
import { readTimeline } from '../../../src/timeline/read-timeline.ts';
import { type CommandCost, watchCommand } from './command.ts';

/** What parts of the table need to run ctload. */
export interface Site {
  /** The built CLI. */
  readonly cli: string;
  /** Gets a folder for every run. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** A run that took place, from outside. */
export interface LabRun extends CommandCost {
  readonly folder: string;
  readonly summary: Summary;
  /** Seconds since 1970 at which the load began, to about 0.1 s. */
  readonly loadAt: number;
  /** Seconds from the command to the load: lab, table and processes. */
  readonly startSeconds: number;
  /** Seconds from the end of the record to the first report: the lab is gone by then. */
  readonly teardownSeconds: number;
  readonly gauges: readonly GaugeRecord[];
}

/** Exit codes of runs whose costs count: a broken threshold or a busy generator changes none of them. */
const TOOK_PLACE: readonly (number | null)[] = [0, 111];

let runs = 0;

/** Runs `scenario` (YAML). Returns why it did not take place, where it did not. */
export async function runLab(site: Site, scenario: string, limitSeconds: number): Promise<LabRun | string> {
  const name = `run-${++runs}`;
  const file = join(site.scratch, `${name}.yaml`);
  const folder = join(site.scratch, name);
  writeFileSync(file, scenario);
  const cost = await watchCommand(
    [process.execPath, site.cli, 'run', file, '--quiet', '--output', folder],
    limitSeconds,
    site.signal,
  );
  if (cost.exit.signal !== null) await execute([process.execPath, site.cli, 'clean']); // it could not clean up itself
  site.signal.throwIfAborted();
  if (!TOOK_PLACE.includes(cost.exit.code)) return whyNot(cost, limitSeconds);
  const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
  const records = readRecords(folder);
  const loadAt = loadStart(folder);
  if (loadAt === undefined) return 'nothing connected';
  return {
    ...cost,
    folder,
    summary,
    loadAt,
    startSeconds: loadAt - cost.startedAt,
    teardownSeconds: statSync(join(folder, 'summary.json')).mtimeMs / 1000 - (loadAt + records.end),
    gauges: records.gauges,
  };
}

function whyNot({ exit, seconds }: CommandCost, limitSeconds: number): string {
  if (seconds > limitSeconds) return `not over after ${Math.round(limitSeconds)} s`;
  const line = exit.stderr.split('\n').find((text) => text.startsWith('error:'));
  return line?.slice('error: '.length) ?? `exit code ${exit.code ?? exit.signal}`;
}

function readRecords(folder: string): { readonly gauges: GaugeRecord[]; readonly end: number } {
  const gauges: GaugeRecord[] = [];
  let end = 0;
  for (const record of readTimeline(folder)) {
    if (record.type === 'gauge') gauges.push(record);
    if (record.type === 'end') end = record.t;
  }
  return { gauges, end };
}

/** The latency log tells when the load began, on the wall clock. */
function loadStart(folder: string): number | undefined {
  const path = join(folder, LATENCY_FILE);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const seconds = /StartTime: ([\d.]+)/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
