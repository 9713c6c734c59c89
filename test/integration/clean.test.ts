import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clean } from '../../src/commands/clean/clean.ts';
import { until } from '../../src/platform/clock.ts';
import type { Child } from '../../src/platform/exec.ts';
import { guardiansOf, holdLab, LOW, LOWERED, limits, listener, standLab } from './standing-lab.ts';
import { traces, unfit } from './support/ctload.ts';
import { ctloadAsNobody, nobodysFolder } from './support/nobody.ts';
import { skipFileFor } from './support/skip.ts';

skipFileFor(unfit);

const before = limits();

/** Kills a run and what would restore its limits. */
async function killWithGuardian(run: Child): Promise<void> {
  const guardians = guardiansOf(run.pid);
  process.kill(run.pid ?? 0, 'SIGSTOP'); // or it would repair what we do next
  for (const guardian of guardians) process.kill(guardian, 'SIGKILL');
  run.kill('SIGKILL');
  await run.exited;
}

const restored = () => limits().max === before.max && limits().buckets === before.buckets;

test('clean removes what a killed run left, and nothing of a live one', async () => {
  await using live = await standLab({ runId: 'alive', method: 'ballast', max: before.max - 10 });
  const dead = await holdLab({ method: 'ballast', max: before.max - 10 });
  dead.kill('SIGKILL');
  await dead.exited;
  expect(traces(dead.runId)).toHaveLength(4); // three namespaces, registry entry
  const log = listener();
  await clean(log);
  expect(traces(dead.runId)).toEqual([]);
  expect(log.lines).toEqual(expect.arrayContaining([`removed namespace ctload-${dead.runId}-gateway`]));
  expect(log.lines.join()).not.toContain('alive');
  expect(traces('alive')).toHaveLength(4);
  expect(live.capacity.effectiveMax).toBe(before.max - 10);
  const again = listener();
  await clean(again);
  expect(again.lines).toEqual(['nothing to clean']);
});

test('clean restores the limits when ctload and its guardian were both killed', async () => {
  const dead = await holdLab();
  await killWithGuardian(dead);
  expect(limits()).toEqual(LOWERED);
  const flags = ['--set gateway.conntrack.method=ballast --output', `${nobodysFolder()}/run`];
  const rootless = await (await ctloadAsNobody(`run scenarios/smoke.yaml ${flags.join(' ')}`)).ended;
  expect(rootless.code, rootless.stderr).toBe(112);
  expect(rootless.stderr).toContain(`limits of a dead run (${dead.runId}) are in force`);
  expect(rootless.stderr).toContain('run ctload clean as root');
  const log = listener();
  await clean(log);
  expect(log.lines[0]).toBe(
    `restored nf_conntrack_max ${before.max}, nf_conntrack_buckets ${before.buckets} (changed by run ${dead.runId})`,
  );
  expect(restored()).toBe(true);
  expect(existsSync('/run/ctload/lease.json')).toBe(false);
  expect(traces(dead.runId)).toEqual([]);
});

test('a run with ballast that waits for the limits restores them when the one that has them dies, guardian and all', async () => {
  const dead = await holdLab();
  const log = listener();
  const waiting = standLab({ method: 'ballast', max: before.max - 10, log });
  await until(() => log.lines.some((line) => line.includes(`held by run ${dead.runId}`)), 20);
  await killWithGuardian(dead);
  await using lab = await waiting;
  expect(lab.capacity).toMatchObject({ max: before.max, ballast: 10 });
  expect(log.lines.join()).toContain(`run ${dead.runId} was killed; restored nf_conntrack_max ${before.max}`);
  await clean(log);
});

test('a new run repairs by itself what a killed one left', async () => {
  const dead = await holdLab();
  await killWithGuardian(dead);
  const log = listener();
  const lab = await standLab({ max: LOW + 1, log });
  expect(log.lines[0]).toContain(`cleaned up after a killed run: nf_conntrack_max ${before.max}`);
  expect(log.lines[0]).toContain(`changed by run ${dead.runId}`);
  await lab[Symbol.asyncDispose]();
  expect(await until(restored, 0)).toBe(true);
  await clean(listener());
});
