import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MatrixReport } from '../../../src/model/result/campaign/matrix.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, leavesHostAlone, readSummary, start, temporaryFolder, traces, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

/** A table and one of twice its size, both of which the load fills with entries that stay: gc may evict closing ones. */
const SCENARIO = `version: 1
name: sizes
gateway: {conntrack: {max: 500, method: ballast}}
floods: {requests: {kind: stale, executor: constant-arrival-rate, rate: 300, duration: 4s, connectTimeout: 1500ms}}
variants: {small: {}, large: {set: {gateway.conntrack.max: 1000}}}
`;

function setUp(text = SCENARIO): { file: string; folder: string } {
  const folder = temporaryFolder();
  const file = join(folder, 'sizes.yaml');
  writeFileSync(file, text);
  return { file, folder: join(folder, 'matrix') };
}

function readMatrix(folder: string): MatrixReport {
  const report: MatrixReport = JSON.parse(readFileSync(join(folder, 'matrix.json'), 'utf8'));
  expect(violations('matrix', report)).toEqual([]);
  return report;
}

const foldersOf = ({ variants }: MatrixReport) => variants.flatMap(({ runs }) => runs.map(({ folder }) => folder));

describe('ctload matrix', skipFor(unfit), () => {
  leavesHostAlone();

  it('continues after Ctrl-C, and ranks the variants by their exact breaking points', async () => {
    const { file, folder } = setUp();
    const args = ['matrix', file, '--repeat', '2'];
    const first = start([...args, '--output', folder]);
    await first.seen(/large\/01, run 2 of 4[\s\S]*\bload: /);
    first.child.kill('SIGINT');
    const aborted = await first.ended;
    expect(aborted.code, aborted.stderr).toBe(105);
    expect(aborted.stderr).toContain(`continue with --resume ${folder}`);
    expect(readMatrix(folder)).toMatchObject({ outcome: 'aborted', repeat: 2 });
    expect(foldersOf(readMatrix(folder))).toEqual(['small/01', 'large/01']);
    const before = readSummary(join(folder, 'small/01')).run.id;

    const changed = await ctload(...args, '--resume', folder, '--set', 'floods.requests.rate=301');
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('variant small is not as it was');

    const junit = join(folder, 'junit.xml');
    const { code, stdout, stderr } = await ctload(...args, '--resume', folder, '--junit-file', junit);
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toContain('2 of 4 runs are done');
    const report = readMatrix(folder);
    expect(report).toMatchObject({ outcome: 'finished', baseline: 'small' });
    expect(foldersOf(report)).toEqual(['small/01', 'small/02', 'large/01', 'large/02']);
    expect(readSummary(join(folder, 'small/01')).run.id).toBe(before);
    const ids = foldersOf(report).map((name) => readSummary(join(folder, name)).run.id);
    expect(ids.flatMap((id) => traces(id))).toEqual([]);

    const [small, large] = report.variants;
    expect(small?.figures.breaking_point_entries).toMatchObject({ runs: 2, median: 500, min: 500, max: 500 });
    expect(large?.figures.breaking_point_entries).toMatchObject({ runs: 2, median: 1000, min: 1000, max: 1000, change: 1 });
    expect([small?.rank, large?.rank]).toEqual([2, 1]);
    for (const name of ['matrix.md', 'matrix.html'])
      expect(readFileSync(join(folder, name), 'utf8')).toContain('large ranks first');
    expect(stdout).toMatch(/large +1 +3\.\d\d s/);
    expect(readFileSync(junit, 'utf8')).toContain('tests="4" failures="0" errors="0"');
  });

  it('keeps the lab where only the load differs', async () => {
    const { file, folder } = setUp(SCENARIO.replace('{gateway.conntrack.max: 1000}', '{floods.requests.rate: 400}'));
    const { code, stdout, stderr } = await ctload('matrix', file, '--repeat', '1', '--output', folder);
    expect(code, stdout + stderr).toBe(0);
    expect(stderr.match(/^building the lab/gm)).toHaveLength(1);
    const broke = readMatrix(folder).variants.map(({ figures }) => figures.breaking_point_entries?.median);
    expect(broke).toEqual([500, 500]);
  });

  it('searches every variant for the highest rate that holds, and keeps the searches', { timeout: 300_000 }, async () => {
    const { file, folder } = setUp(
      SCENARIO.replace('variants:', 'find: {measuringPeriod: 3s, confirmPeriod: 4s, precision: 0.3}\nvariants:'),
    );
    const args = ['matrix', file, '--repeat', '1', '--find'];
    const { code, stdout, stderr } = await ctload(...args, '--output', folder);
    expect(code, stdout + stderr).toBe(0);
    const report = readMatrix(folder);
    expect(report).toMatchObject({ outcome: 'finished', searchVariable: 'floods.requests.rate' });
    const [small, large] = report.variants.map(({ figures }) => figures.highest_value);
    // 4 s of connections, all of which are still in the table, are as many as it has places.
    expect(small?.median).toBeGreaterThan(0.65 * 125);
    expect(small?.median).toBeLessThanOrEqual(125);
    expect(large?.median).toBeGreaterThan(0.65 * 250);
    expect(large?.median).toBeLessThanOrEqual(250);
    expect(report.variants[0]?.searches).toMatchObject([{ folder: 'small/find-01', outcome: 'converged' }]);
    expect(stdout).toContain('Highest floods.requests.rate that holds');
    const again = await ctload(...args, '--resume', folder);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('4 of 4 runs and searches are done');
    expect(readMatrix(folder).variants.map(({ searches }) => searches)).toEqual(report.variants.map(({ searches }) => searches));
  });

  it('refuses variants that are not valid, or on different kernels, before the first run', async () => {
    const invalid = setUp(SCENARIO.replace('max: 1000', 'max: 0'));
    const refused = await ctload('matrix', invalid.file, '--output', invalid.folder);
    expect(refused.code).toBe(104);
    expect(refused.stderr).toContain('variant large is not valid');
    expect(existsSync(join(invalid.folder, 'small'))).toBe(false);
    const mixed = setUp(
      SCENARIO.replace('small: {}', 'small: {set: {lab.driver: netns}}').replace('max: 1000', 'max: 9, lab.driver: vm'),
    );
    const apart = await ctload('matrix', mixed.file, '--output', mixed.folder);
    expect(apart.code).toBe(104);
    expect(apart.stderr).toMatch(/small and large differ in lab\.driver[\s\S]*--driver vm/);
  });
});
