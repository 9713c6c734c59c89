import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPORT_FILES } from '../../../../src/model/result/report.ts';
import { REPORTS } from '../../../../src/report/reports.ts';
import { openRepeats, openResults, resultsFolder } from '../../../../src/session/results/results.ts';

const STARTED = new Date('2026-11-24T12:00:00.400Z');
const before = process.cwd();
let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ctload-results-'));
  process.chdir(base);
});
afterEach(() => {
  process.chdir(before);
  rmSync(base, { recursive: true });
});

describe('resultsFolder', () => {
  it('is a new one for each of the runs that start in the same second', () => {
    const folders = [1, 2, 3].map(() => resultsFolder('burst', STARTED, undefined));
    expect(folders).toEqual([
      'results/burst-20261124T120000Z',
      'results/burst-20261124T120000Z-2',
      'results/burst-20261124T120000Z-3',
    ]);
    expect(readdirSync('results')).toHaveLength(3);
  });

  it('is what was asked for', () => {
    expect(resultsFolder('burst', STARTED, 'here')).toBe('here');
    expect(readdirSync('.')).toEqual([]);
  });

  it('tells when it cannot be made', () => {
    writeFileSync('results', '');
    expect(() => resultsFolder('burst', STARTED, undefined)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: 'cannot write results to results/burst-20261124T120000Z: file already exists',
      }),
    );
  });
});

describe('openResults', () => {
  it('leaves nothing of an earlier run there, and what is not of a run alone', () => {
    for (const file of [...REPORT_FILES, 'timeline.ndjson', 'latency.hlog', 'notes.txt']) writeFileSync(file, 'old');
    openResults('.', 'new');
    expect(readdirSync('.').sort()).toEqual(['notes.txt', 'scenario.resolved.yaml']);
  });
});

describe('openRepeats', () => {
  it('leaves no run of before to be counted with the new ones', () => {
    for (const folder of ['03', '104', 'old']) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'summary.json'), 'old');
      writeFileSync(join(folder, 'notes.txt'), 'old');
    }
    for (const file of ['summary.json', 'repeat.json']) writeFileSync(file, 'old');
    openRepeats('.');
    expect(['.', '03', '104', 'old'].filter((folder) => existsSync(join(folder, 'summary.json')))).toEqual(['old']);
    expect(existsSync('repeat.json')).toBe(false);
    expect(readdirSync('03')).toEqual(['notes.txt']);
  });
});

it('every report is known to openResults', () => {
  expect(REPORTS.map(({ file }) => file)).toEqual(REPORT_FILES);
});
