import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { guardiansOf } from '../standing-lab.ts';
import {
  leavesHostAlone,
  type Ran,
  type Running,
  readRecords,
  readSummary,
  start,
  temporaryFolder,
  traces,
  unfit,
} from '../support/ctload.ts';
import { labOf, withFault } from '../support/faults.ts';
import { skipFor } from '../support/skip.ts';

/** Seconds without a sign of life after which ctload ends a process. */
const SILENT = 60;
/** Seconds of the load: it would go on for long after that. */
const LOAD = 150;

/** A small load that lasts, with the table that `method` gives. */
function lasting(method: 'ballast' | 'sysctl', ...sets: readonly string[]): { run: Running; folder: string } {
  const folder = join(temporaryFolder(), 'run');
  const all = [
    `gateway.conntrack.method=${method}`,
    'gateway.conntrack.max=20000',
    'floods.requests.rate=50',
    `floods.requests.duration=${LOAD}s`,
    ...sets,
  ];
  return { run: start(['run', 'scenarios/smoke.yaml', '--output', folder, ...all.flatMap((set) => ['--set', set])]), folder };
}

/** ctload stopped for longer than a process may be silent: none is lost. */
async function ctloadItself(): Promise<void> {
  const { run } = lasting('ballast');
  await run.seen(/\bload: /);
  run.child.kill('SIGSTOP');
  await sleep((SILENT + 5) * 1000);
  run.child.kill('SIGCONT');
  await sleep(2000);
  run.child.kill('SIGINT');
  const { code, stderr } = await run.ended;
  expect(code, stderr).toBe(105);
  expect(stderr).not.toMatch(/no sign of life/);
}

/** Ends as a run that lost a process: `reason` matches one of its reasons. */
function expectLost({ code, stderr }: Ran, folder: string, reason: RegExp): void {
  expect(code, stderr).toBe(111);
  const { verdict, run } = readSummary(folder);
  expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
  expect(verdict.reasons.join(' ')).toMatch(reason);
  expect(readRecords(folder).at(-1)).toMatchObject({ type: 'end', outcome: 'failed' });
  expect(traces(run.id)).toEqual([]);
}

describe('a process that is stopped, but does not die', skipFor(unfit), () => {
  leavesHostAlone();

  it('ends the run, whichever it is, and is named; what the others recorded is kept; not so ctload itself', async () => {
    const stopped = async (program: string, host: 'client' | 'gateway' | 'backend', ...sets: readonly string[]) => {
      const { run, folder } = lasting('ballast', ...sets);
      await run.seen(/\bload: /);
      const pid = labOf(run.child.pid ?? 0).pids(host, `processes/${program}`)[0] ?? 0;
      process.kill(pid, 'SIGSTOP');
      const name = `${program} on ${host} \\(pid ${pid}\\)`;
      expectLost(
        await run.ended,
        folder,
        new RegExp(`lost: ${name} gave no sign of life for ${SILENT} s \\(a signal had stopped it\\) and was killed`),
      );
      return readRecords(folder);
    };
    const [agent, sampler] = await Promise.all([
      stopped('agent', 'client'),
      stopped('sampler', 'gateway'),
      stopped('states', 'gateway'),
      stopped('backend', 'backend'),
      stopped('proxy', 'gateway', 'gateway.dataplane=proxy'),
      ctloadItself(),
    ]);
    const last = (records: typeof agent, type: string) =>
      Math.max(
        ...records.map((record) => (record.type === type && !('host' in record && record.host !== 'gateway') ? record.t : 0)),
      );
    expect(last(agent, 'conntrack')).toBeGreaterThan(SILENT / 2);
    expect(last(sampler, 'load')).toBeGreaterThan(last(sampler, 'conntrack') + SILENT / 2);
  }, 240_000);

  it('the guardian: the limits come back', async () => {
    const { run, folder } = lasting('sysctl');
    await run.seen(/\bload: /);
    process.kill(guardiansOf(run.child.pid)[0] ?? 0, 'SIGSTOP');
    expectLost(
      await run.ended,
      folder,
      /guardian on host \(pid \d+\) gave no sign of life for 60 s .*; (restored|the conntrack limits are restored)/,
    );
    expect(readRecords(folder).at(-1)?.t).toBeLessThan(LOAD);
  }, 240_000);

  it.each([
    ['sampler', 'gateway', /sampler on gateway \(pid \d+\) did not end within 10 s and was killed/],
    ['backend', 'backend', /the backend did not say within 10 s what it had answered/],
  ] as const)('until the load is over, the %s of the %s: the run proves nothing', async (program, host, reason) => {
    const { code, stderr, summary } = await withFault((lab) => {
      for (const pid of lab.pids(host, `processes/${program}`)) process.kill(pid, 'SIGSTOP');
    });
    expect(code, stderr).toBe(111);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasons.join(' ')).toMatch(reason);
  });
});
