import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Lab } from '../../../../src/lab/lab.ts';
import { loadScenario } from '../../../../src/scenario/load.ts';
import { Interrupts } from '../../../../src/session/measure/interrupts.ts';
import { ProcessSet } from '../../../../src/session/measure/process-set.ts';
import { recordRun } from '../../../../src/session/measure/record.ts';
import { planRun } from '../../../../src/session/measure/run-plan.ts';
import { type ScriptedChild, scriptedHost } from '../../platform/remote/scripted.ts';

const MACHINE = { cpus: 3, descriptors: 20_000, files: 1e6, memoryBytes: 2 ** 34 };
const ROLES = ['client', 'gateway', 'backend', 'machine'] as const;
const NOWHERE = { addresses: [], ports: { first: 1, last: 0 } };

/** Does what each program does, without a load. */
function behave(child: ScriptedChild, command: ScriptedChild['written'][number] | undefined): void {
  const [program] = child.started.split(' ');
  const isProbe = program === 'sampler' || program === 'states';
  switch (command?.type) {
    case undefined:
      if (isProbe) child.say({ type: 'ready' });
      break;
    case 'prepare':
    case 'listen':
      child.say({ type: 'ready' });
      break;
    case 'start':
      if (!isProbe) child.say({ type: 'done', report: { agent: 0, cpuShare: 0 } });
      break;
    case 'count':
      child.say({ type: 'counts', counts: { connections: 1, requests: 1, upgrades: 0, stale: 0 } });
      break;
    case 'stop':
      child.exit({ code: 0 });
      break;
  }
}

/** A proxy lab of scripted hosts. */
function labOf() {
  const scripted = ROLES.map((role) => [role, scriptedHost(role, behave)] as const);
  const children = Object.fromEntries(scripted.map(([role, host]) => [role, host.children]));
  const hosts = Object.fromEntries(scripted.map(([role, { host }]) => [role, host]));
  const endpoints = Array.from({ length: 64 }, (_, i) => ({ address: `198.19.1.${i}`, port: 8080 }));
  const lab = {
    ...hosts,
    driver: 'docker',
    rootless: false,
    targets: { http: endpoints, stale: [], halfOpen: [], udp: { answered: NOWHERE, unanswered: NOWHERE } },
    listen: { http: endpoints, stale: [], udp: [] },
    proxyRoutes: endpoints.map((to) => ({ from: to, to })),
    capacity: { method: 'sysctl', why: '', max: 500, buckets: 500, ballast: 0, effectiveMax: 500, prefilled: 0 },
    gatewayNetns: 1,
    synSchedule: [0],
    sysctls: {},
    capacityLost: new Promise(() => {}),
    [Symbol.asyncDispose]: async () => {},
  };
  return { lab: lab as unknown as Lab, children };
}

test('a run starts each planned process once, gives each its work, and ends them all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-processes-'));
  const loaded = loadScenario('scenarios/smoke.yaml', { set: ['gateway.dataplane=proxy', 'floods.requests.duration=1s'] });
  const { lab, children } = labOf();
  const processes = new ProcessSet(lab, planRun(loaded.scenario, MACHINE));
  const started = () => Object.fromEntries(ROLES.map((role) => [role, children[role]?.map((child) => child.started)]));
  const sampler = (owner: string, intervalSeconds: number) => `sampler ${JSON.stringify({ owner, intervalSeconds })}`;
  const planned = {
    client: ['agent http', 'agent http', 'agent http', sampler('client', 0.1)],
    gateway: ['proxy', 'proxy', 'proxy', sampler('gateway', loaded.scenario.probe.intervalSeconds), 'states'],
    backend: ['backend http', 'backend http', 'backend http', sampler('backend', 0.1)],
    machine: [sampler('host', 0.1)],
  };
  expect(started()).toEqual(planned);

  using interrupts = new Interrupts();
  const log = { info: () => {}, warn: () => {} };
  const request = { loaded, output: folder, command: 'test', log };
  const run = { runId: 'r', startedAt: new Date(), folder };
  expect(await recordRun({ lab, processes }, request, run, interrupts)).toEqual({ outcome: 'finished' });

  expect(started()).toEqual(planned); // nothing more was started
  const all = Object.values(children).flat();
  expect(all.filter(({ ended }) => !ended)).toEqual([]);
  const work = { agent: ['prepare', 'start'], backend: ['listen', 'count'], proxy: ['listen'], probe: ['start', 'stop'] };
  const workOf = ({ started: command }: ScriptedChild) => {
    const [program = ''] = command.split(' ');
    return program in work ? work[program as keyof typeof work] : work.probe;
  };
  for (const child of all) expect(child.written.map(({ type }) => type)).toEqual(workOf(child));
  const records = readFileSync(join(folder, 'timeline.ndjson'), 'utf8').trim().split('\n');
  expect(records.map((line) => JSON.parse(line)).find(({ type }) => type === 'backend')).toMatchObject({ connections: 3 });
  rmSync(folder, { recursive: true });
});

test('processes without work end when the set is disposed of', async () => {
  const { scenario } = loadScenario('scenarios/smoke.yaml');
  const { lab, children } = labOf();
  {
    await using _ = new ProcessSet(lab, planRun(scenario, MACHINE, false));
  }
  const all = Object.values(children).flat();
  expect(all.map(({ started }) => started)).not.toContain('states');
  expect(all.filter(({ ended }) => !ended)).toEqual([]);
});
