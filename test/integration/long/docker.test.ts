import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, expectBalanced, readSummary, runScenario, start, temporaryFolder } from '../support/ctload.ts';
import { breaksInDocker, noDocker, withEngine } from '../support/docker.ts';
import { skipFor } from '../support/skip.ts';

const SMOKE = 'scenarios/smoke.yaml';
const USER = 'ctload-test';

describe('the docker driver', skipFor(noDocker), () => {
  withEngine();

  it('breaks at the size of the table, by ballast, while another container notices nothing', () => breaksInDocker('ballast'));

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
  });
});

/** The nftables table of the run that is on. */
function ownTable(): string {
  const tables = execFileSync('nft', ['list', 'tables', 'inet'], { encoding: 'utf8' });
  return /ctload-\w+/.exec(tables)?.[0] ?? '';
}

function openFolder(): string {
  const folder = temporaryFolder();
  execFileSync('chmod', ['777', folder]);
  return folder;
}
