import { afterEach, expect, test } from 'vitest';
import { entries, traitsOf } from '../../src/lab/capacity/synthetic-entries.ts';
import { MAX_SYSCTL } from '../../src/lab/host/limits.ts';
import { namespaceName } from '../../src/lab/host/names.ts';
import { writeSysctls } from '../../src/lab/host/sysctls.ts';
import { countEntries } from '../../src/lab/host/table.ts';
import { sweep } from '../../src/lab/sweep.ts';
import { until } from '../../src/platform/clock.ts';
import { execute, here } from '../../src/platform/exec.ts';
import { guardiansOf, holdLab, LOW, LOWERED, limits, listener, newRunId, silent, standLab } from './standing-lab.ts';
import { unfit } from './support/ctload.ts';
import { skipFileFor } from './support/skip.ts';

skipFileFor(unfit);

const before = limits();
/** Seconds; for what happens at once on a machine that has nothing else to do. */
const PATIENCE = 60;

afterEach(() => expect(limits()).toEqual(before));

test('both limits are lowered together for the life of the lab', async () => {
  {
    await using lab = await standLab();
    expect(limits()).toEqual(LOWERED);
    expect(lab.capacity).toMatchObject({ method: 'sysctl', ...LOWERED, effectiveMax: LOW });
  }
  expect(limits()).toEqual(before);
});

test('a lease may raise the limit too', async () => {
  await using lab = await standLab({ max: before.max * 2, buckets: before.buckets });
  expect(lab.capacity.effectiveMax).toBe(before.max * 2);
});

test('a limit set later is watched like the first, and what was before the lease is restored: after SIGKILL of the guardian, too', async () => {
  {
    await using lab = await standLab();
    await lab.setMax?.(LOW + 7);
    expect(limits()).toEqual({ ...LOWERED, max: LOW + 7 });
    const lost = await Promise.race([lab.capacityLost, new Promise((resolve) => setTimeout(() => resolve('kept'), 800))]);
    expect(lost).toBe('kept');
  }
  expect(limits()).toEqual(before);
  await using lab = await standLab();
  await lab.setMax?.(LOW - 7);
  const [guardian] = guardiansOf(process.pid);
  if (guardian === undefined) throw new Error('no guardian');
  process.kill(guardian, 'SIGKILL');
  expect(await until(() => limits().max === before.max && limits().buckets === before.buckets, PATIENCE)).toBe(true);
});

test('SIGKILL of the process that holds the lease: restored', async () => {
  const holder = await holdLab();
  expect(limits()).toEqual(LOWERED);
  holder.kill('SIGKILL');
  expect(await until(() => limits().max === before.max && limits().buckets === before.buckets, PATIENCE)).toBe(true);
  await sweep({ log: silent });
});

test('SIGKILL of the guardian: restored, and the run is told', async () => {
  await using lab = await standLab();
  const [guardian] = guardiansOf(process.pid);
  if (guardian === undefined) throw new Error('no guardian');
  process.kill(guardian, 'SIGKILL');
  expect(await until(() => limits().max === before.max && limits().buckets === before.buckets, PATIENCE)).toBe(true);
  expect(await lab.capacityLost).toContain(`restored nf_conntrack_max ${before.max}`);
});

test('signals meant for ctload do not reach the guardian', async () => {
  await using lab = await standLab();
  const [guardian] = guardiansOf(process.pid);
  if (guardian === undefined) throw new Error('no guardian');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardian, signal);
  const lost = await Promise.race([lab.capacityLost, new Promise((resolve) => setTimeout(() => resolve('kept'), 300))]);
  expect(lost).toBe('kept');
  expect(limits().max).toBe(LOW);
});

test('a limit changed by somebody else ends the capacity, and theirs is kept', async () => {
  const log = listener();
  const lab = await standLab({ log });
  await writeSysctls(here, { [MAX_SYSCTL]: 131_072 });
  expect(await lab.capacityLost).toContain('to nf_conntrack_max 131072');
  await lab[Symbol.asyncDispose]();
  expect(limits()).toEqual({ max: 131_072, buckets: before.buckets });
  expect(log.lines.join()).toContain('another process changed');
  await writeSysctls(here, { [MAX_SYSCTL]: before.max });
});

test('no lease when a namespace holds more than half of the limit: sysctl refuses, auto takes ballast', async () => {
  const crowd = `crowd-${newRunId()}`;
  await execute(['ip', 'netns', 'add', crowd]);
  try {
    const input = [...entries(traitsOf('prefill'), 0, 110_000)].join('');
    await execute(['ip', 'netns', 'exec', crowd, 'sh', '-c', 'cat | conntrack --load-file -'], { input: input.trimEnd() });
    await expect(standLab()).rejects.toMatchObject({
      exitCode: 112,
      message: expect.stringContaining(`${crowd} holds 110,000 entries`),
    });
    const runId = newRunId();
    await using lab = await standLab({ runId, method: 'auto' });
    expect(lab.capacity).toMatchObject({ method: 'ballast', max: before.max, ballast: before.max - LOW, effectiveMax: LOW });
    expect(lab.capacity.why).toContain(crowd);
    expect(await countEntries(namespaceName(runId, 'gateway'))).toBe(before.max - LOW);
    expect(limits()).toEqual(before);
  } finally {
    await execute(['ip', 'netns', 'delete', crowd]);
  }
});

test('a second lease waits for the first and says for whom', async () => {
  const first = await holdLab();
  const log = listener();
  const second = standLab({ max: LOW + 1, method: 'auto', log });
  expect(await until(() => log.lines.length > 0, PATIENCE)).toBe(true);
  expect(log.lines).toEqual([`waiting for the conntrack limits, held by run ${first.runId} (pid ${first.pid})`]);
  expect(limits().max).toBe(LOW);
  first.end();
  await using lab = await second;
  expect(lab.capacity).toMatchObject({ method: 'sysctl', max: LOW + 1 });
  await first.exited;
});

test('beside a run with ballast, auto waits where only a lease is faithful, and takes ballast in the end', async () => {
  const first = await holdLab({ method: 'ballast' });
  const log = listener();
  {
    await using lab = await standLab({ max: LOW + 1, method: 'auto', leaseWaitSeconds: 1, needsLease: true, log });
    expect(lab.capacity).toMatchObject({ method: 'ballast', effectiveMax: LOW + 1 });
  }
  expect(log.lines).toEqual([
    expect.stringMatching(`^waiting up to 1 s for a lease, as ballast would distort this load: .*run ${first.runId}`),
  ]);
  const patient = standLab({ max: LOW + 1, method: 'auto', needsLease: true, log });
  expect(await until(() => log.lines.length > 1, PATIENCE)).toBe(true);
  first.end();
  await first.exited;
  await using lab = await patient;
  expect(lab.capacity).toMatchObject({ method: 'sysctl', max: LOW + 1 });
});

test('beside a run with ballast, auto takes ballast too and sysctl waits', async () => {
  const first = await holdLab({ method: 'ballast' });
  const waiting = new AbortController();
  const log = listener();
  const lease = standLab({ max: LOW + 1, method: 'sysctl', log, signal: waiting.signal });
  lease.catch(() => {}); // looked at below
  expect(await until(() => log.lines.length > 0, PATIENCE)).toBe(true);
  expect(log.lines[0]).toContain(`run ${first.runId}`);
  waiting.abort();
  await expect(lease).rejects.toMatchObject({ exitCode: 105 });
  await using lab = await standLab({ max: LOW + 1, method: 'auto' });
  expect(lab.capacity).toMatchObject({ method: 'ballast', effectiveMax: LOW + 1 });
  first.end();
  await first.exited;
});
