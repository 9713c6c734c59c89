import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPublisher, RUNS, SEARCHES } from '../../../src/commands/publish.ts';
import { DOOMED, FOUND } from '../../fixtures/find.ts';
import { LATENCY, run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

const RUN = { summary: summarize(run({ fullAt: 6.005 }), LATENCY), scenario: null };
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

describe('what goes out besides the folder of a run', () => {
  it('is a suite for every run so far in --junit-file', () => {
    const junitFile = join(folder, 'junit.xml');
    const publish = createPublisher(RUNS, { junitFile }, LOG);
    publish(RUN);
    publish(RUN);
    expect(readFileSync(junitFile, 'utf8').match(/<testsuite /g)).toHaveLength(2);
    expect(told).toBe('');
  });

  it('is refused before the first run when it cannot be written', () => {
    expect(() => createPublisher(RUNS, { junitFile: join(folder, 'nowhere/junit.xml') }, LOG)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('--junit-file') }),
    );
  });

  it('is annotations and a job summary on GitHub Actions', () => {
    const file = join(folder, 'summary.md');
    const publish = createPublisher(RUNS, { environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file } }, LOG);
    publish(RUN);
    publish(RUN);
    expect(readFileSync(file, 'utf8').match(/^## test: BROKE, conntrack table full$/gm)).toHaveLength(2);
    expect(told).toMatch(/^::notice title=ctload test::broke, /);
  });

  it('is all of that for a search, too', () => {
    const [junitFile, file] = [join(folder, 'junit.xml'), join(folder, 'summary.md')];
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
    const publish = createPublisher(SEARCHES, { junitFile, environment }, LOG);
    publish(FOUND);
    publish(DOOMED);
    expect(readFileSync(junitFile, 'utf8').match(/<testsuite /g)).toHaveLength(2);
    expect(readFileSync(file, 'utf8').match(/^## x: .*$/gm)).toEqual([
      '## x: CONVERGED, floods.requests.rate',
      '## x: DOOMED, floods.requests.rate',
    ]);
    expect(told.match(/^::\w+ /gm)).toEqual(['::notice ', '::error ']);
  });

  it('is a warning when the job summary cannot be written: the run counts', () => {
    createPublisher(RUNS, { environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: folder } }, LOG)(RUN);
    expect(warnings).toEqual([expect.stringContaining('GITHUB_STEP_SUMMARY')]);
  });
});
