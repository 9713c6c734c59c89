import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RepeatReport } from '../../../src/model/result/repeat.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, readSummary, temporaryFolder, traces, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('ctload run, repeated', skipFor(unfit), () => {
  it('run --repeat: median and spread', async () => {
    const folder = join(temporaryFolder(), 'run');
    const settings = [
      'floods.leaked.duration=2s',
      'floods.leaked.connectTimeout=1500ms',
      'gateway.conntrack.max=300',
      'gateway.conntrack.method=ballast',
    ];
    const flags = settings.flatMap((setting) => ['--set', setting]);
    const { code, stdout, stderr } = await ctload('run', 'scenarios/stale.yaml', '--repeat', '2', '--output', folder, ...flags);
    expect(code, stderr).toBe(0);
    const report: RepeatReport = JSON.parse(readFileSync(join(folder, 'repeat.json'), 'utf8'));
    expect(violations('repeat', report)).toEqual([]);
    const { runs, breakingPoint } = report;
    expect(runs.flatMap(({ folder: name }) => traces(readSummary(join(folder, name)).run.id))).toEqual([]);
    const found = runs.map((run) => readSummary(join(folder, run.folder)).breakingPoint?.entries);
    expect(runs.map(({ entries }) => entries)).toEqual(found);
    expect(breakingPoint?.entries).toMatchObject({ count: 2, median: expect.closeTo(300, -1) });
    expect(stdout).toContain('2 of 2 with a valid breaking point');
  });
});
