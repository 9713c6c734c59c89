import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { type Ran, ROOT, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const ACTION = join(ROOT, '.github/actions/ctload');
const { inputs, runs } = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8'));

/** Carries the action out as GitHub does with these inputs. */
async function act(given: Readonly<Record<string, string>>): Promise<Ran & { readonly outputs: string }> {
  const outputs = join(temporaryFolder(), 'outputs');
  const inputValue = (text: string) =>
    text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, name: string) => given[name] ?? inputs[name].default);
  const env = Object.entries<string>(runs.steps.at(-1).env).map(([name, value]) => `${name}=${inputValue(value)}`);
  const ran = await start([join(ACTION, 'run.sh')], ['env', `GITHUB_OUTPUT=${outputs}`, ...env, 'bash']).ended;
  return { ...ran, outputs: execFileSync('sh', ['-c', `cat ${outputs} 2>/dev/null || true`], { encoding: 'utf8' }) };
}

describe('the action for GitHub', skipFor(unfit), () => {
  it('runs the scenario, compares it with the baseline, and says what came out', async () => {
    const output = join(temporaryFolder(), 'run');
    const limits = 'breaking_point_entries=2%\nconntrack_entries=5%';
    const ran = await act({ scenario: 'smoke', baseline: 'results/baseline-smoke', 'max-regression': limits, output });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('breaking_point_entries 500 → 500');
    expect(ran.outputs).toBe(`verdict=broke\nreport=${output}/report.html\n`);
    expect(readFileSync(`${output}.xml`, 'utf8')).toContain('<testsuite');
  });

  it('fails as ctload does when the run comes to nothing', async () => {
    const ran = await act({ scenario: 'nope.yaml', baseline: 'results/baseline-smoke', output: join(temporaryFolder(), 'run') });
    expect(ran.code).toBe(ExitCode.invalidScenario);
    expect(ran.outputs).toBe('');
  });
});
