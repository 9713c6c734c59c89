import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { addressPlan } from '../../src/lab/addresses.ts';
import { findImage } from '../../src/lab/docker/base-image.ts';
import { connectEngine } from '../../src/lab/docker/engine.ts';
import { ensureImage } from '../../src/lab/docker/image.ts';
import { until } from '../../src/platform/clock.ts';
import { silent } from './standing-lab.ts';
import {
  CLI,
  expectBalanced,
  expectNothingLeft,
  hostLimits,
  readRecords,
  readSummary,
  runScenario,
  start,
  temporaryFolder,
  unfit,
} from './support/ctload.ts';
import { docker, dockerLeftovers, NO_ENGINE, provideEngine, type TestEngine } from './support/engine.ts';
import { killAtRandom, killedInContainers } from './support/kills.ts';
import { skipFor } from './support/skip.ts';

const SMOKE = 'scenarios/smoke.yaml';
const USER = 'ctload-test';
const NEIGHBOUR = 'somebody-elses';
const FIRST_RANGE = addressPlan(0).front.subnet; // what ctload would take: it has to find another

const engine: TestEngine | undefined = unfit === undefined ? await provideEngine() : undefined;
const missing = engine === undefined ? (unfit ?? NO_ENGINE) : undefined;

describe('the docker driver', skipFor(missing), () => {
  let limits: string;

  beforeAll(async () => {
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
    }
  });

  it.each(['sysctl', 'ballast'])(
    'breaks at the size of the table, by %s, while another container notices nothing',
    async (method) => {
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
    },
  );

  it('loses datagrams at the gateway only', async () => {
    const { summary } = await runScenario('dns.yaml', ['--driver', 'docker', '--set', 'floods.lookups.duration=4s']);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting).toMatchObject({ share: 1, datagramsLost: summary.conntrack.drop });
  });

  it("without the NOTRACK rules the machine's own table is the one that fills, and the verdict says so", async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = start([
      'run',
      'scenarios/smoke.yaml',
      '--driver',
      'docker',
      '--output',
      folder,
      '--set',
      'gateway.conntrack.method=sysctl',
      '--set',
      'floods.requests.responseTimeout=1s', // answers are lost, too
      '--set',
      'floods.requests.duration=8s', // enough of it is left to fill the other table
    ]);
    await run.seen(/\bload\b.*\b500\b/);
    execFileSync('nft', ['delete', 'table', 'inet', ownTable()]);
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(111);
    const { verdict } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons.join(' ')).toMatch(/this machine's own table dropped/);
  });

  describe('a user of the docker group who is not root', () => {
    const as = (...words: readonly string[]) => start(['-c', words.join(' ')], ['su', USER, '-s', '/bin/sh']);
    beforeAll(() => {
      execFileSync('useradd', ['--groups', 'docker', USER]);
    });
    afterAll(() => {
      execFileSync('userdel', [USER]);
    });

    it('runs the lab, lease and all', async () => {
      const folder = openFolder();
      const { code, stderr } = await as(
        process.execPath,
        CLI,
        'run',
        SMOKE,
        '--driver docker --set gateway.conntrack.method=sysctl --output',
        `${folder}/run`,
      ).ended;
      expect(code, stderr).toBe(0);
      const summary = readSummary(join(folder, 'run'));
      expect(summary.conntrack.method).toBe('sysctl');
      expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
      expectBalanced(summary);
    });

    it('repairs the limits with ctload clean when even the guardian was killed', async () => {
      const run = start([
        'run',
        SMOKE,
        '--driver',
        'docker',
        '--set',
        'gateway.conntrack.method=sysctl',
        '--output',
        join(temporaryFolder(), 'run'),
      ]);
      await run.seen(/\bload\b.*\b500\b/);
      docker('kill', docker('ps', '--quiet', '--filter', 'name=guardian'));
      run.child.kill('SIGKILL');
      await run.ended;
      expect(hostLimits()).not.toBe(limits);
      const { code, stderr } = await as(process.execPath, CLI, 'clean').ended;
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/restored nf_conntrack_max/);
      expect(hostLimits()).toBe(limits);
    });
  });

  it('tells a user without the right to use Docker how to get it: exit 112', async () => {
    const command = `${process.execPath} ${CLI} run ${SMOKE} --driver docker --output ${openFolder()}/run`;
    const { code, stderr } = await start(['-c', command], ['su', 'nobody', '-s', '/bin/sh']).ended;
    expect(code).toBe(112);
    expect(stderr).toMatch(/no permission to use Docker[\s\S]*usermod -aG docker/);
  });

  it('SIGKILL at a random moment: nothing is left after ctload clean', async () => {
    await killAtRandom(
      1,
      killedInContainers(() => limits),
    );
  });

  it('an unchanged tree needs no new image', async () => {
    const connected = await connectEngine();
    const said: string[] = [];
    const log = { info: (line: string) => said.push(line), warn: () => {} };
    const id = await ensureImage(connected, log, new AbortController().signal);
    expect(said).toEqual([]);
    expect((await findImage(connected, 'ctload/lab'))?.id).toBe(id);
  });
});

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

function openFolder(): string {
  const folder = temporaryFolder();
  execFileSync('chmod', ['777', folder]);
  return folder;
}

/** What the host probe takes for ctload's own CPU time holds at least that of the load agents, who know theirs. */
function expectLoadToldApart(folder: string, cpus: number): void {
  const records = readRecords(folder);
  const shares = records.flatMap((record) => (record.type === 'host' ? record.ctloadShare : []));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const agents = records.flatMap((record) => (record.type === 'agent' ? record.cpuShare : []));
  expect(mean * cpus).toBeGreaterThan(0.8 * agents.reduce((sum, share) => sum + share, 0));
}

/** The nftables table of the run that is on. */
function ownTable(): string {
  const tables = execFileSync('nft', ['list', 'tables', 'inet'], { encoding: 'utf8' });
  return /ctload-\w+/.exec(tables)?.[0] ?? '';
}

function networkInterfaces(): string[] {
  return readdirSync('/sys/class/net').sort();
}
