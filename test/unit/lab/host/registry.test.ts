import { mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { namespaceName, runOfNamespace } from '../../../../src/lab/host/names.ts';
import { startTime } from '../../../../src/lab/host/processes.ts';
import { Registry } from '../../../../src/lab/host/registry.ts';
import { until } from '../../../../src/platform/clock.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-registry-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a run is live while its process is', () => {
  const registry = new Registry(join(emptyFolder(), 'runs'));
  registry.add('r1');
  expect(registry.ids()).toEqual(['r1']);
  expect(registry.live('r1')).toMatchObject({ pid: process.pid });
  registry.remove('r1');
  expect(registry.ids()).toEqual([]);
  expect(registry.live('r1')).toBeUndefined();
});

test('a reused pid, a dead pid and a file cut short are dead runs', () => {
  const folder = emptyFolder();
  const registry = new Registry(folder);
  const entry = { pid: process.pid, startTime: (startTime(process.pid) ?? 0) - 1, since: '2026-11-23T00:00:00Z' };
  writeFileSync(join(folder, 'reused.json'), JSON.stringify(entry));
  writeFileSync(join(folder, 'dead.json'), JSON.stringify({ ...entry, pid: 2 ** 22 + 1 }));
  writeFileSync(join(folder, 'short.json'), '{"pid":');
  expect(readdirSync(folder)).toHaveLength(3);
  for (const id of registry.ids()) expect(registry.live(id)).toBeUndefined();
});

test('an entry is there whole or not at all: nobody takes a run that registers for a dead one', async () => {
  const folder = emptyFolder();
  const registry = new Registry(folder);
  const seen: string[] = [];
  const watcher = watch(folder, (_, file) => seen.push(file ?? ''));
  onTestFinished(() => watcher.close());
  registry.add('r1');
  expect(await until(() => seen.includes('r1.json'), 10)).toBe(true);
  expect(seen.filter((file) => file === 'r1.json')).toHaveLength(1); // renamed into its place, never written there
  writeFileSync(join(folder, 'r2.json.4711.tmp'), '{"pid":'); // as a kill leaves it
  expect(registry.ids()).toEqual(['r1']);
});

test('namespaces name their run; other names are nobody’s', () => {
  expect(namespaceName('a1-b2', 'gateway')).toBe('ctload-a1-b2-gateway');
  expect(runOfNamespace('ctload-a1-b2-gateway')).toBe('a1-b2');
  expect(runOfNamespace('ctload-a1-b2')).toBeUndefined();
  expect(runOfNamespace('my-ctload-a1-gateway')).toBeUndefined();
  expect(runOfNamespace('cni-1234')).toBeUndefined();
});
