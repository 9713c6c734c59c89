import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FindReport } from '../../../src/model/result/find.ts';
import { violations } from '../../schemas/violations.ts';
import { ctload, readSummary, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

function set(...assignments: readonly string[]): string[] {
  return assignments.flatMap((assignment) => ['--set', assignment]);
}

describe('repeated load on a real kernel', skipFor(unfit), () => {
  // Entries of the stale flood never leave: what holds for 2 s is exactly (300 − 100 prefilled) ÷ 2 s = 100 a second.
  const STALE = set(
    'gateway.conntrack={max: 300, prefill: 100, method: ballast}',
    'floods.leaked.connectTimeout=1200ms',
    'find={initialValue: 60, precision: 0.2, measuringPeriod: 2s, confirmPeriod: 2s}',
  );

  it('find: says that a threshold decided, and does not compare the answer with the rule of thumb', async () => {
    const folder = join(temporaryFolder(), 'find');
    const threshold = set('thresholds={conntrack_utilization: [max<0.5]}'); // (100 prefilled + 2 s × rate) ÷ 300: below 25 a second
    const { code, stdout, stderr } = await ctload('find', 'scenarios/stale.yaml', '--output', folder, ...STALE, ...threshold);
    expect(code, stderr + stdout).toBe(0);
    const report = readJson<FindReport>(folder, 'find.json');
    expect(violations('find', report)).toEqual([]);
    expect(report.answer).toBeLessThan(25);
    expect(report.limitDecidedBy).toMatchObject({
      by: 'threshold',
      threshold: { metric: 'conntrack_utilization', expression: 'max<0.5' },
    });
    expect(report.trials.map(({ decided }) => decided.by)).toContain('table');
    expect(stdout).toContain('threshold conntrack_utilization: max<0.5 failed');
    expect(stdout).not.toContain('measured maximum');
    expect(stderr).toMatch(/trial \d+: [\d.]+ failed/);
  });

  it('find --for connections: as many as there are places', async () => {
    const folder = join(temporaryFolder(), 'find');
    const flags = set(
      'gateway.conntrack={max: 300, method: ballast}',
      'floods.sockets.connectTimeout=1200ms',
      'find={measuringPeriod: 2s, confirmPeriod: 2s}',
    );
    const { code, stdout, stderr } = await ctload(
      'find',
      'scenarios/websockets.yaml',
      '--for',
      'connections',
      '--output',
      folder,
      ...flags,
    );
    expect(code, stderr + stdout).toBe(0);
    const report = readJson<FindReport>(folder, 'find.json');
    expect(violations('find', report)).toEqual([]);
    const { answer, trials } = report;
    expect(Math.abs((answer ?? 0) - 300)).toBeLessThanOrEqual(3);
    expect(trials.at(-1)).toMatchObject({ confirm: true, outcome: 'held', value: answer, peakOpen: answer });
  });

  it('find: every trial begins with the same table, and the answer is the known one', async () => {
    const folder = join(temporaryFolder(), 'find');
    const junit = `${folder}.xml`;
    const flags = ['--output', folder, '--junit-file', junit];
    const { code, stdout, stderr } = await ctload('find', 'scenarios/stale.yaml', ...flags, ...STALE);
    expect(code, stderr + stdout).toBe(0);
    const report = readJson<FindReport>(folder, 'find.json');
    expect(violations('find', report)).toEqual([]);
    expect(report).toMatchObject({ schema: 'ctload/find@1', outcome: 'converged', variable: 'floods.leaked.rate' });
    const answer = report.answer ?? 0;
    expect(answer).toBeLessThanOrEqual(100);
    expect(answer).toBeGreaterThanOrEqual(100 / 1.2);
    // The first trial says where the limit is: one just above it breaks, and one just below it is the answer.
    expect(report.trials.map(({ choice, outcome }) => `${choice} ${outcome}`)).toEqual([
      'initial held',
      'curve broke',
      'confirm held',
    ]);
    for (const { value, outcome, peakEntries, folder: name } of report.trials) {
      expect(Math.abs((peakEntries ?? 0) - (outcome === 'held' ? 100 + 2 * value : 300))).toBeLessThanOrEqual(1);
      expect(readSummary(join(folder, name ?? '')).conntrack.peakEntries).toBe(peakEntries);
    }
    expect(stdout).toContain(`${answer} is the highest value that held with 300 conntrack entries.`);
    expect(stderr).toContain(`trial 3: ${answer} (confirming) held`);
    expect(readFileSync(junit, 'utf8')).toContain('tests="4" failures="0" errors="0"');
  });

  it('find: a limit known by construction, to the precision, from far away', async () => {
    // As many connections as the table has places are held, and one more is refused; `npm run bench:search` does it 20 times.
    const [limit, precision] = [317, 0.05];
    const folder = join(temporaryFolder(), 'find');
    const flags = set(
      `gateway.conntrack.max=${limit}`,
      'floods={sockets: {kind: long, executor: constant-connections, connections: 1, duration: 2s, connectTimeout: 1200ms}}',
      `find={variable: floods.sockets.connections, initialValue: 150, precision: ${precision}, measuringPeriod: 2s, confirmPeriod: 3s}`,
    );
    const { code, stdout, stderr } = await ctload('find', 'scenarios/websockets.yaml', '--output', folder, ...flags);
    expect(code, stderr + stdout).toBe(0);
    const { answer, trials } = readJson<FindReport>(folder, 'find.json');
    expect(answer).toBeLessThanOrEqual(limit);
    expect(answer).toBeGreaterThanOrEqual(limit / (1 + precision));
    expect(
      trials.some(({ value, outcome }) => outcome === 'broke' && value > limit && value <= (answer ?? 0) * (1 + precision)),
    ).toBe(true);
    expect(stderr).toMatch(/trial 1: trying 150, to begin with \(lab built in /);
    expect(stderr).toMatch(/trial 2: trying \d+, .*\(table emptied of the last trial’s entries in /);
  });
});
