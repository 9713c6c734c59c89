import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REPORTS } from '../../../src/report/reports.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';

const RUNS = fileURLToPath(new URL('../../fixtures/runs/', import.meta.url));

// After a wanted change: npx vitest run --config test/vitest.config.ts --project unit golden -u, then read the diff.
describe.each(['smoke', 'held', 'mixed'])('the recorded run %s', (name) => {
  const run = deriveReport(`${RUNS}${name}`);

  it.each(['report.md', 'junit.xml', 'metrics.prom'])('has the same %s as ever', async (file) => {
    const report = REPORTS.find((entry) => entry.file === file);
    const text = report?.render(run);
    await expect(text).toMatchFileSnapshot(`golden/${name}/${file}`);
    expect(report?.render(deriveReport(`${RUNS}${name}`))).toBe(text);
  });
});
