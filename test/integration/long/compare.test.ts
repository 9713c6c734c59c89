import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/model/result/comparison.ts';
import { ctload, leavesHostAlone, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const ENTRIES = 200;
const SHORT = ['floods.requests.duration=1s', 'floods.requests.connectTimeout=400ms'];
const LIMIT = ['--max-regression', 'breaking_point_entries=2%'];

describe('ctload compare on real runs', skipFor(unfit), () => {
  leavesHostAlone();

  it('finds no regression in five runs of the same, and finds one when the table is 5 % smaller', async () => {
    const folder = temporaryFolder();
    const fiveRuns = async (name: string, max: number): Promise<string> => {
      const junit = join(folder, `${name}.xml`);
      const sets = [`gateway.conntrack.max=${max}`, ...SHORT].flatMap((assignment) => ['--set', assignment]);
      const side = join(folder, name);
      const { code, stderr } = await ctload(
        'run',
        'scenarios/smoke.yaml',
        '--repeat',
        '5',
        '-q',
        '--output',
        side,
        '--junit-file',
        junit,
        ...sets,
      );
      expect([0, 111], stderr).toContain(code); // a stall may make one of them prove nothing; four each are enough to tell
      expect(readFileSync(junit, 'utf8').match(/<testsuite /g)).toHaveLength(5);
      return side;
    };
    const base = await fiveRuns('base', ENTRIES);
    const same = await fiveRuns('same', ENTRIES);
    const smaller = await fiveRuns('smaller', ENTRIES * 0.95);

    const fair = await ctload('compare', base, same, ...LIMIT);
    expect(fair.code, fair.stdout + fair.stderr).toBe(0);
    expect(fair.stdout).toContain('NO REGRESSION');

    const refused = await ctload('compare', base, smaller, ...LIMIT);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('gateway.conntrack.max: 200 → 190');
    expect(refused.stderr).toContain(
      'hint: where the difference is the point, allow it: --allow-different gateway.conntrack.max\n',
    );

    const html = join(folder, 'page.html');
    const allowed = ['--allow-different', 'gateway.conntrack.max', ...LIMIT, '--html', html];
    const worse = await ctload('compare', base, smaller, ...allowed, '--json');
    expect(worse.code, worse.stderr).toBe(114);
    const comparison: Comparison = JSON.parse(worse.stdout);
    expect(Math.min(comparison.base.runs, comparison.candidate.runs)).toBeGreaterThanOrEqual(4);
    expect(comparison.regressions).toEqual(['breaking_point_entries']);
    const [entries] = comparison.figures;
    expect(entries?.change).toBeCloseTo(-0.05, 2);
    expect(entries?.p).toBeLessThan(0.05);
    expect(readFileSync(html, 'utf8')).toContain('1 of 1 limit exceeded');
  }, 180_000);
});
