import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishing, RUNS, SEARCHES } from '../../../src/commands/publish.ts';
import { CtloadError } from '../../../src/platform/errors.ts';
import { DOOMED, FOUND } from '../../fixtures/find.ts';
import { LATENCY, run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

const RUN = { summary: summarize(run({ fullAt: 6.005 }), LATENCY), scenario: null };
const COMMAND = { scenario: 'burst.yaml', command: 'ctload run burst.yaml' };
const warnings: string[] = [];
const LOG = { info: () => {}, warn: (message: string) => void warnings.push(message) };

let folder: string;
let told: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-publish-'));
  told = '';
  warnings.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Publishes each of `runs`, and gives the test results as they were after the last. */
async function publish(
  runs: readonly (typeof RUN)[],
  options: { junitFile?: string; environment?: Record<string, string>; output?: string } = {},
): Promise<string> {
  let last = '';
  await publishing(RUNS, { ...COMMAND, ...options }, LOG, async (one) => {
    for (const run of runs) one(run);
    if (options.junitFile !== undefined) last = readFileSync(options.junitFile, 'utf8');
  });
  return last;
}

describe('what goes out besides the folder of a run', () => {
  it('is a suite for every run so far in --junit-file, and an error as long as there may be more', async () => {
    const junitFile = join(folder, 'junit.xml');
    const before = await publish([RUN, RUN], { junitFile });
    expect(before.match(/<testsuite /g)).toHaveLength(3);
    expect(before).toContain('ctload was ended before it was done');
    const after = readFileSync(junitFile, 'utf8');
    expect(after.match(/<testsuite /g)).toHaveLength(2);
    expect(after).not.toContain('<error');
    expect(told).toBe('');
  });

  it('is refused before the first run when it cannot be written', async () => {
    await expect(publish([RUN], { junitFile: join(folder, 'nowhere/junit.xml') })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('--junit-file'),
    });
  });

  it('is annotations and a job summary on GitHub Actions', async () => {
    const file = join(folder, 'summary.md');
    await publish([RUN, RUN], { environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file } });
    expect(readFileSync(file, 'utf8').match(/^## test: BROKE, conntrack table full$/gm)).toHaveLength(2);
    expect(told).toMatch(/^::notice title=ctload test::broke, /);
  });

  it('is all of that for a search, too', async () => {
    const [junitFile, file] = [join(folder, 'junit.xml'), join(folder, 'summary.md')];
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
    await publishing(SEARCHES, { ...COMMAND, junitFile, environment }, LOG, async (one) => {
      one(FOUND);
      one(DOOMED);
    });
    expect(readFileSync(junitFile, 'utf8').match(/<testsuite /g)).toHaveLength(2);
    expect(readFileSync(file, 'utf8').match(/^## x: .*$/gm)).toEqual([
      '## x: CONVERGED, floods.requests.rate',
      '## x: DOOMED, floods.requests.rate',
    ]);
    expect(told.match(/^::\w+ /gm)).toEqual(['::notice ', '::error ']);
  });

  it('is a warning when the job summary cannot be written: the run counts', async () => {
    await publish([RUN], { environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: folder } });
    expect(warnings).toEqual([expect.stringContaining('GITHUB_STEP_SUMMARY')]);
  });

  it('is an error when there is no run, and nothing of an earlier one', async () => {
    const old = ['summary.json', '02/summary.json', 'trials/01-100/junit.xml', '01/trials/03-7/summary.json', 'find.json'];
    for (const name of ['scenario.resolved.yaml', ...old]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), 'old');
    }
    const junitFile = join(folder, 'ci.xml');
    const options = { ...COMMAND, junitFile, output: folder, environment: { GITHUB_ACTIONS: 'true' } };
    const invalid = new CtloadError('no such key', { hint: 'look it up', exitCode: 104 });
    await expect(
      publishing(RUNS, options, LOG, async () => {
        throw invalid;
      }),
    ).rejects.toBe(invalid);
    for (const file of [junitFile, join(folder, 'junit.xml')]) {
      expect(readFileSync(file, 'utf8')).toMatch(
        /tests="1" failures="0" errors="1"[\s\S]*<error message="no such key.*type="exit 104">/,
      );
    }
    expect(told).toBe('::error title=ctload burst.yaml::no such key%0Ahint: look it up\n');
    for (const name of old) expect(existsSync(join(folder, name)), name).toBe(false);
    expect(existsSync(join(folder, 'scenario.resolved.yaml'))).toBe(true);
  });

  it('keeps the runs there were before the one that failed', async () => {
    const junitFile = join(folder, 'junit.xml');
    const failing = publishing(RUNS, { ...COMMAND, junitFile }, LOG, async (one) => {
      one(RUN);
      throw new CtloadError('teardown incomplete', { exitCode: 101 });
    });
    await expect(failing).rejects.toThrow('teardown incomplete');
    const text = readFileSync(junitFile, 'utf8');
    expect(text.match(/<testsuite /g)).toHaveLength(2);
    expect(text.match(/<error .*type="exit 101"/g)).toHaveLength(1);
  });

  it('leaves to another process what that one has done', async () => {
    const junitFile = join(folder, 'junit.xml');
    await publishing(RUNS, { ...COMMAND, junitFile }, LOG, async () => writeFileSync(junitFile, 'theirs'));
    expect(readFileSync(junitFile, 'utf8')).toBe('theirs');
  });
});
