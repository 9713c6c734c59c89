import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FindReport } from '../../../src/model/result/find.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

function set(...assignments: readonly string[]): string[] {
  return assignments.flatMap((assignment) => ['--set', assignment]);
}

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

describe('repeated load on a real kernel', skipFor(unfit), () => {
  // Entries of the stale flood never leave: what holds for 2 s is exactly (300 − 100 prefilled) ÷ 2 s = 100 a second.
  const STALE = set(
    'gateway.conntrack={max: 300, prefill: 100, method: ballast}',
    'floods.leaked.connectTimeout=1200ms',
    'find={initialValue: 60, precision: 0.2, measuringPeriod: 2s, confirmPeriod: 2s}',
  );

  it('find: without an answer in time it fails CI, with the reason: exit 113', async () => {
    const folder = temporaryFolder();
    const [junit, page] = [join(folder, 'find.xml'), join(folder, 'page.md')];
    vi.stubEnv('GITHUB_ACTIONS', 'true').stubEnv('GITHUB_STEP_SUMMARY', page);
    onTestFinished(() => void vi.unstubAllEnvs());
    const flags = ['--output', join(folder, 'find'), '--junit-file', junit, '--set', 'find.deadline=1s'];
    const { code, stdout, stderr } = await ctload('find', 'scenarios/stale.yaml', ...STALE, ...flags);
    expect(code, stderr + stdout).toBe(113);
    expect(stderr).toMatch(/^::error title=ctload stale::deadline, floods\.leaked\.rate\. No answer: /m);
    expect(readFileSync(page, 'utf8')).toMatch(/^## stale: DEADLINE, floods\.leaked\.rate$/m);
    expect(readFileSync(junit, 'utf8')).toMatch(
      /<failure message="No answer: [^"]+60 held, but was not confirmed\." type="deadline">/,
    );
  });

  it('find: Ctrl-C ends the trial and the search, and leaves what is known: exit 105', async () => {
    const folder = join(temporaryFolder(), 'find');
    const { child, ended, seen } = start(['find', 'scenarios/stale.yaml', '--output', folder, ...STALE]);
    await seen(/trial 1: 60 held/);
    child.kill('SIGINT');
    expect((await ended).code).toBe(105);
    const report = readJson<FindReport>(folder, 'find.json');
    expect(report).toMatchObject({ outcome: 'aborted', answer: null, best: 60 });
    expect(violations('find', report)).toEqual([]);
  });
});
