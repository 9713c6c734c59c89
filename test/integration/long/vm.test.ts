import { execFileSync, spawn as spawnProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Guest } from '../../../src/lab/vm/guest.ts';
import { kernelDefault } from '../../../src/model/node/kernel.ts';
import { parseVersion } from '../../../src/model/node/version.ts';
import { until } from '../../../src/platform/clock.ts';
import { spawn } from '../../../src/platform/exec.ts';
import { programCommand } from '../../../src/platform/program.ts';
import {
  ctload,
  expectBalanced,
  hostLimits,
  leavesHostAlone,
  readRecords,
  readSummary,
  runScenario,
  start,
  temporaryFolder,
  unfit,
} from '../support/ctload.ts';
import { noGuest } from '../support/guests.ts';
import { ctloadAsNobody, nobodysFolder } from '../support/nobody.ts';
import { skipFor } from '../support/skip.ts';

/** Pids of the guests on this machine. */
function guests(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu-system');
    } catch {
      return false; // it has ended
    }
  });
}

describe('a gateway with a kernel of its own', skipFor(noGuest), () => {
  const limits = leavesHostAlone();

  it('breaks where one with a lease does, and this machine keeps its limits throughout', async () => {
    const seen = new Set<string>();
    const watch = setInterval(() => seen.add(hostLimits()), 20);
    onTestFinished(() => clearInterval(watch));
    const { summary, stdout, folder } = await runScenario('smoke.yaml', ['--driver', 'vm']);
    expect([...seen]).toEqual([limits()]);
    expect(summary.conntrack).toMatchObject({ method: 'own-kernel', max: 500, effectiveMax: 500, ballast: 0 });
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', bound: null });
    expect(summary.breakingPoint?.entries).toBe(500);
    expectBalanced(summary);
    expect(summary.conntrack.sampler?.inTimeShareWhenFull).toBeGreaterThanOrEqual(0.95);

    const leased = await runScenario('smoke.yaml', ['--set', 'gateway.conntrack.method=sysctl']);
    const clock = readRecords(folder).find((record) => record.type === 'clock');
    const at = leased.summary.breakingPoint?.atSeconds ?? 0;
    const allowed = Math.max(0.02, 0.005 * at) + (clock?.errorSeconds ?? 0) + Math.abs(clock?.driftSeconds ?? 0);
    expect(Math.abs((summary.breakingPoint?.atSeconds ?? 0) - at)).toBeLessThan(allowed);

    const { headroom, environment } = summary;
    expect(headroom.gatewayCpuIsUpperBound).toBe(false);
    expect(headroom.gatewayProbeCpuShareAtBreak).toBeLessThanOrEqual(headroom.gatewayCpuShareAtBreak ?? 0); // clock ticks are coarse
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /gateway CPU \S+ % of its own machine \(of it at most \S+ % to sample its table\)/,
    );

    // What its kernel chose is what `plan` computes from the memory that the kernel has.
    const machine = environment.machines?.['gateway'];
    const kernel = parseVersion(machine?.kernel ?? '');
    if (machine === undefined || kernel === undefined) throw new Error('the gateway’s machine is not in the record');
    const { max, buckets } = kernelDefault({ kernel, memTotalBytes: machine.memoryBytes, bits: 64 });
    expect([machine.defaultMax, machine.defaultBuckets]).toEqual([max, buckets]);
  });

  it('ends with a ctload that is killed', async () => {
    const { child, seen } = start(['run', 'scenarios/smoke.yaml', '--driver', 'vm', '--output', `${temporaryFolder()}/run`]);
    await seen(/building the lab/);
    expect(await until(() => guests().length > 0, 60)).toBe(true);
    child.kill('SIGKILL');
    expect(await until(() => guests().length === 0, 10)).toBe(true);
    expect((await ctload('clean')).stderr).toContain('removed namespace');
  });

  it('is ended by clean, should it have outlived its ctload', async () => {
    execFileSync('ip', ['netns', 'add', 'ctload-dead00-client']);
    const inside = ['--net=/run/netns/ctload-dead00-client', 'qemu-system-x86_64', '-nodefaults', '-display', 'none', '-S'];
    spawnProcess('nsenter', inside, { stdio: 'ignore' });
    expect(await until(() => guests().length > 0, 10)).toBe(true);
    await ctload('clean');
    expect(guests()).toEqual([]);
  });
});

describe('the clock of another machine', skipFor(unfit), () => {
  it('is told from this one, to within half a round trip', async () => {
    const guest = new Guest(spawn(['unshare', '--time', '--monotonic', '5000', '--fork', ...programCommand('guest')]), 'other');
    onTestFinished(() => guest[Symbol.asyncDispose]());
    await guest.booted(new AbortController().signal);
    const { offset, error } = await guest.clock.set();
    expect(Math.abs(offset - 5000)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(0.02);
    expect(guest.machine.toLocal(10)).toBe(10 + offset);
  });
});

describe('a lab that is all in one guest', skipFor(noGuest), () => {
  leavesHostAlone();

  it('needs neither root nor taps, and breaks at the entries of its own kernel', async () => {
    const folder = nobodysFolder();
    const small = ['lab.vm.scope=lab', 'lab.vm.memory=2Gi', 'gateway.conntrack.max=100', 'floods.requests.rate=40'];
    const flags = ['--driver', 'vm', '--output', `${folder}/run`, ...small.flatMap((one) => ['--set', one])];
    const { ended } = await ctloadAsNobody(`run smoke ${flags.join(' ')}`, { XDG_CACHE_HOME: folder });
    const { code, stderr } = await ended;
    expect([0, 111], stderr).toContain(code); // translated, it may be the generator that is slow
    const summary = readSummary(`${folder}/run`);
    expect(summary.environment).toMatchObject({ driver: 'vm', rootless: true });
    expect(summary.conntrack).toMatchObject({ method: 'own-kernel', max: 100, effectiveMax: 100, ballast: 0 });
    expect(summary.verdict.cause).toBe('conntrack-full');
    expect(summary.breakingPoint?.entries).toBe(100);
    expectBalanced(summary);
    // One kernel for all three: what is forwarded is on nobody's account.
    expect(summary.headroom.gatewayCpuIsUpperBound).toBe(true);
    expect(Object.keys(summary.environment.machines ?? {})).toEqual(['lab']);
  });
});
