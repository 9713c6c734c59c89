import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import { addressPlan } from '../../../src/lab/addresses.ts';
import { connectEngine } from '../../../src/lab/docker/engine.ts';
import { ensureImage } from '../../../src/lab/docker/image.ts';
import { until } from '../../../src/platform/clock.ts';
import { silent } from '../standing-lab.ts';
import { expectBalanced, expectNothingLeft, hostLimits, type Running, readRecords, runScenario, start, unfit } from './ctload.ts';
import { docker, dockerLeftovers, NO_ENGINE, provideEngine, type TestEngine } from './engine.ts';

const NEIGHBOUR = 'somebody-elses';
const FIRST_RANGE = addressPlan(0).front.subnet; // what ctload would take: it has to find another

/** The engine of these tests, where there is one. Each file has one of its own: that of the file before has ended. */
export let engine: TestEngine | undefined = unfit === undefined ? await provideEngine() : undefined;

/** Why no test with Docker can run here, or undefined when it can. */
export const noDocker: string | undefined = engine === undefined ? (unfit ?? NO_ENGINE) : undefined;

/** In a `describe`: engine and image are there before its tests, each leaves machine and engine as they were, and the engine ends. */
export function withEngine(): void {
  let limits: string;

  beforeAll(async () => {
    engine ??= await provideEngine(); // this module lives as long as its process, which runs many files
    limits = hostLimits();
    await ensureImage(await connectEngine(), silent, new AbortController().signal);
    docker('network', 'create', '--subnet', FIRST_RANGE, NEIGHBOUR);
  }, 180_000);
  afterEach(async () => {
    expect(hostLimits()).toBe(limits);
    expect(dockerLeftovers()).toEqual([]);
    await expectNothingLeft();
  });
  afterAll(async () => {
    try {
      docker('network', 'rm', NEIGHBOUR);
    } finally {
      await engine?.stop();
      engine = undefined;
    }
  });
}

/** In a `describe`: runs shell commands as a user of the docker group who is not root, and whom its tests share. */
export function asDockerUser(): (...words: readonly string[]) => Running {
  const user = 'ctload-test';
  beforeAll(() => {
    execFileSync('useradd', ['--groups', 'docker', user]);
  });
  afterAll(() => {
    execFileSync('userdel', [user]);
  });
  return (...words) => start(['-c', words.join(' ')], ['su', user, '-s', '/bin/sh']);
}

/** smoke.yaml breaks at the size of its table, while a container of somebody else's notices nothing. */
export async function breaksInDocker(method: 'sysctl' | 'ballast'): Promise<void> {
  const bystander = await startBystander();
  const before = networkInterfaces();
  const { summary, folder } = await runScenario('smoke.yaml', [
    '--driver',
    'docker',
    '--set',
    `gateway.conntrack.method=${method}`,
    // Its entries stay: an earlier full table may still set off gc, which evicts closing ones from a table with ballast.
    ...(method === 'ballast' ? ['--set', 'floods.requests.kind=long'] : []),
  ]);
  expect(summary.environment.driver).toBe('docker');
  expect(summary.conntrack.method).toBe(method);
  expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
  expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
  expectBalanced(summary);
  expectLoadToldApart(folder, summary.environment.cpus);
  expect(await bystander.silences()).toBeLessThan(40); // of some 150 questions: two processors are shared with the load
  expect(networkInterfaces()).toEqual(before);
}

/**
 * A container of somebody else's that echoes, and a busy connection to it from this machine, which its own table tracks.
 * Docker's rules for an ordinary network switch conntrack on there.
 */
async function startBystander(): Promise<{ silences(): Promise<number> }> {
  const echo = "require('net').createServer((socket) => socket.pipe(socket)).listen(7, () => console.log('ready'))";
  docker('run', '--rm', '--detach', '--name', NEIGHBOUR, '--network', NEIGHBOUR, 'ctload/lab', 'node', '-e', echo);
  onTestFinished(() => {
    docker('rm', '--force', NEIGHBOUR);
  });
  await until(() => docker('logs', NEIGHBOUR) === 'ready', 10, 0.1);
  const address = docker('inspect', '--format', `{{ (index .NetworkSettings.Networks "${NEIGHBOUR}").IPAddress }}`, NEIGHBOUR);
  const socket = connect(7, address);
  let unanswered = 0;
  let silences = 0;
  socket.on('data', (data) => {
    unanswered -= data.length;
  });
  socket.on('close', () => {
    silences = Number.POSITIVE_INFINITY;
  });
  const timer = setInterval(() => {
    if (unanswered > 0) silences++;
    unanswered++;
    socket.write('.');
  }, 50);
  return {
    silences: async () => {
      clearInterval(timer);
      const result = (await until(() => unanswered === 0, 1)) ? silences : Number.POSITIVE_INFINITY;
      socket.destroy();
      return result;
    },
  };
}

/** What the host probe takes for ctload's own CPU time holds at least that of the load agents, who know theirs. */
function expectLoadToldApart(folder: string, cpus: number): void {
  const records = readRecords(folder);
  const shares = records.flatMap((record) => (record.type === 'host' ? record.ctloadShare : []));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const agents = records.flatMap((record) => (record.type === 'agent' ? record.cpuShare : []));
  expect(mean * cpus).toBeGreaterThan(0.8 * agents.reduce((sum, share) => sum + share, 0));
}

/** Names of this machine's network interfaces. */
export function networkInterfaces(): string[] {
  return readdirSync('/sys/class/net').sort();
}
