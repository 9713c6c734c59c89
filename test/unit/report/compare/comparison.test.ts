import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compareSides } from '../../../../src/analysis/compare/compare.ts';
import { comparisonHtml } from '../../../../src/report/compare/html.ts';
import { comparisonMarkdown } from '../../../../src/report/compare/markdown.ts';
import { renderComparison } from '../../../../src/report/compare/terminal.ts';
import { brokenAt } from '../../../fixtures/compared.ts';

const DIFFERENT = [{ key: 'gateway.conntrack.max', base: '1000', candidate: '<script>|', allowed: true }];
const WORSE = compareSides(
  { folder: 'results/base', runs: brokenAt(1000, 1000, 999, 1000, 1000) },
  { folder: 'results/candidate', runs: brokenAt(950, 950, 950, 950, 950) },
  DIFFERENT,
  [
    { metric: 'breaking_point_entries', share: 0.02 },
    { metric: 'conn_connecting', aggregation: 'p(99)', share: 0.1 },
  ],
);

describe('a comparison', () => {
  it('is shown as ever, as text, Markdown and HTML', async () => {
    await expect(renderComparison(WORSE, { color: false, width: 100 })).toMatchFileSnapshot('golden/worse.txt');
    await expect(comparisonMarkdown(WORSE)).toMatchFileSnapshot('golden/worse.md');
    await expect(comparisonHtml(WORSE)).toMatchFileSnapshot('golden/worse.html');
  });

  it('says that nothing got worse, or that nobody asked', () => {
    const runs = { folder: 'results/base', runs: brokenAt(1000) };
    const text = (limits: Parameters<typeof compareSides>[3]) =>
      renderComparison(compareSides(runs, runs, [], limits), { color: false, width: 100 });
    expect(text([{ metric: 'breaking_point_entries', share: 0.02 }])).toContain('NO REGRESSION   the limit holds');
    expect(text([])).toContain('COMPARED   no limits set');
  });

  it.each([40, 80, 100])('fits %i columns', (width) => {
    const lines = stripVTControlCharacters(renderComparison(WORSE, { color: true, width })).split('\n');
    const prose = lines.filter((line) => !line.includes('results/'));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('keeps text from becoming markup', () => {
    expect(comparisonHtml(WORSE)).not.toContain('<script');
    expect(comparisonMarkdown(WORSE)).toContain('→ &lt;script\\>\\| (allowed)');
  });
});
