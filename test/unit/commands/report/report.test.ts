import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { report } from '../../../../src/commands/report/report.ts';
import { deriveReport, writeReports } from '../../../../src/session/results/derive.ts';
import { Recorder } from '../../../../src/timeline/recorder.ts';
import { run } from '../../../fixtures/run.ts';

let folder: string;
let printed: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-report-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  const recorder = new Recorder(folder);
  for (const record of run({ fullAt: 6.005 })) recorder.record(record);
  await recorder.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('ctload report', () => {
  it('derives the summary the run wrote, to the byte, and prints it', async () => {
    writeReports(folder, deriveReport(folder));
    const path = join(folder, 'summary.json');
    const written = readFileSync(path, 'utf8');
    rmSync(path);
    await report(folder, { json: true });
    expect(readFileSync(path, 'utf8')).toBe(written);
    expect(printed).toBe(written);
  });

  it('prints the report for people', async () => {
    await report(folder, { json: false });
    expect(printed).toContain('Broke at 1,000 of 1,000 entries');
  });

  it('refuses a folder without a run as a usage error', async () => {
    await expect(report(join(folder, 'nowhere'), { json: false })).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('results/'),
    });
  });
});
