import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import type { CompositionRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { until } from '../../../src/platform/clock.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { violations } from '../../schemas/violations.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const CLI = join(ROOT, 'dist/cli.js');

/** Why a test that needs the kernel cannot run here, or undefined when it can. */
export const unfit: string | undefined = process.getuid?.() === 0 ? undefined : 'needs root: namespaces and sysctls';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Resolves when stderr has matched `pattern`. */
  seen(pattern: RegExp): Promise<void>;
}

/** Starts `ctload …args`; killed when the test ends, should it still run. */
export function start(args: readonly string[], argv: readonly string[] = [process.execPath, CLI]): Running {
  const [file = '', ...rest] = argv;
  const child = spawn(file, [...rest, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    for (const watcher of watchers) watcher();
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      for (const watcher of watchers) watcher();
      resolve({ code, stdout, stderr });
    });
  });
  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(stderr)) resolve();
        else if (child.exitCode !== null) reject(new Error(`ctload ended without ${pattern}:\n${stderr}`));
        else return;
        watchers.delete(look);
      };
      watchers.add(look);
      look();
    });
  return { child, ended, seen };
}

export function ctload(...args: readonly string[]): Promise<Ran> {
  return start(args).ended;
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs a scenario file and reads what it left, which is as its schemas say; `args` are further flags. Fails the test unless the
 * exit code is `exit`, or one of these.
 */
export async function runScenario(
  file: string,
  args: readonly string[] = [],
  exit: number | readonly number[] = 0,
): Promise<{ summary: Summary; folder: string } & Ran> {
  const folder = join(temporaryFolder(), 'run');
  const ran = await ctload('run', `scenarios/${file}`, '--output', folder, ...args);
  expect([exit].flat(), ran.stderr + ran.stdout).toContain(ran.code);
  const summary = readSummary(folder);
  expect(traces(summary.run.id)).toEqual([]);
  expect(violations('summary', summary)).toEqual([]);
  expect(readRecords(folder).flatMap((record) => violations('timeline', record))).toEqual([]);
  return { ...ran, folder, summary };
}

/**
 * As runScenario, by ballast, of a load whose entries wait for their end: a table that was full before may still make gc evict
 * them, which turns a break into a bound.
 */
export async function runByBallast(file: string, args: readonly string[] = []): ReturnType<typeof runScenario> {
  const ran = await runScenario(file, ['--set', 'gateway.conntrack.method=ballast', ...args], [0, ExitCode.generatorBound]);
  const { bound, reasons } = ran.summary.verdict;
  expect(bound, reasons.join('\n')).toBe(ran.code === 0 ? null : 'no-later');
  return ran;
}

/**
 * Whether the kernel's garbage collector has evicted entries that were not over: once any table of this machine has been full, also one
 * of the test before, its next pass takes unanswered and closing ones from every table that is 95 % full (gc_worker in
 * nf_conntrack_core.c). ctload notices, and is sure of nothing then.
 */
export function evictedByGc({ verdict }: Pick<Summary, 'verdict'>): boolean {
  const [first] = verdict.reasonCodes;
  return verdict.validity === 'inconclusive' && (first === 'entries-ended-early' || first === 'entries-vanished');
}

export function readSummary(folder: string): Summary {
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
}

export function readRecords(folder: string): TimelineRecord[] {
  return readFileSync(join(folder, 'timeline.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** How the table was made up whenever it was listed from `from` seconds on; a busy machine lists it when it can. */
export function listings(folder: string, from = 0): CompositionRecord[] {
  return readRecords(folder).filter((record): record is CompositionRecord => record.type === 'composition' && record.t >= from);
}

/** The most entries in `state` that a listing showed. */
export function mostListed(folder: string, state: string): number {
  return Math.max(0, ...listings(folder).map(({ states }) => states[state] ?? 0));
}

/**
 * Kernel and clients agree on what was dropped. To the packet, but for what a full table does to entries it has: a handshake
 * that early drop evicts is repeated without a drop, and a connection that gc takes while it closes has later packets dropped.
 */
export function expectBalanced({ accounting, conntrack }: Summary): void {
  const { kernelDrops, explainedByClients, laterRetransmissions } = accounting;
  expect(explainedByClients).toBeLessThanOrEqual(kernelDrops * 1.01 + conntrack.earlyDrop);
  expect(explainedByClients + laterRetransmissions).toBeGreaterThanOrEqual(kernelDrops * 0.99);
}

/** The share of SYNs that the summary says a full table drops is `law`; it rests on a listing of the table when it was full. */
export function expectPrediction({ conntrack, breakingPoint }: Summary, folder: string, law: number, tolerance: number): void {
  expect(listings(folder, breakingPoint?.atSeconds)).not.toEqual([]);
  expect(Math.abs(conntrack.predictedDropShareWhenFull - law)).toBeLessThan(tolerance);
}

/** The two host-wide sysctls, as text. */
export function hostLimits(): string {
  const read = (name: string) => readFileSync(`/proc/sys/net/netfilter/${name}`, 'utf8').trim();
  return `max ${read('nf_conntrack_max')} buckets ${read('nf_conntrack_buckets')}`;
}

/** Everything of ctload's that is left on the host: namespaces, links, processes, run records. */
export function leftovers(): string[] {
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith('ctload-')) : [];
  const links = execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('ctload'));
  const processes = execFileSync('ps', ['-eo', 'stat=,pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(join(ROOT, 'dist/')) && !line.startsWith('Z')); // init reaps orphans when it likes
  return [...namespaces, ...links, ...processes];
}

/** Fails unless nothing of ctload's is left on the host; what has been told to end may take its time on a busy machine. */
export async function expectNothingLeft(message?: string): Promise<void> {
  await until(() => leftovers().length === 0, 10, 0.1);
  expect(leftovers(), message).toEqual([]);
}

/** What of a run is still on this machine. */
export function traces(runId: string): string[] {
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.includes(runId)) : [];
  return [...namespaces, ...(existsSync(`/run/ctload/runs/${runId}.json`) ? ['registry entry'] : [])];
}

/** Every test of the suite that calls this must leave the host as it found it. Gives the limits as they were before the first. */
export function leavesHostAlone(): () => string {
  let limits: string;
  beforeAll(() => {
    limits = hostLimits();
  });
  afterEach(async () => {
    expect(hostLimits()).toBe(limits);
    await expectNothingLeft();
  });
  return () => limits;
}
