import { expect, it } from 'vitest';
import type { Summary } from '../../../../src/model/result/summary.ts';
import { matrixAnnotation } from '../../../../src/report/ci/annotations.ts';
import { renderMatrixJunit } from '../../../../src/report/ci/junit-matrix.ts';
import { renderHtmlDocument } from '../../../../src/report/document/document-html.ts';
import { renderMarkdownDocument } from '../../../../src/report/document/document-markdown.ts';
import { renderTextDocument } from '../../../../src/report/document/document-text.ts';
import { matrixDocument } from '../../../../src/report/matrix/document.ts';
import { brokeAfter, HELD, INVALID, matrixOf } from '../../../fixtures/matrix.ts';

const REPORT = matrixOf({
  small: [1.6, 1.7, 1.6].map(brokeAfter),
  large: [3.2, 3.4, 3.3].map(brokeAfter),
  none: [HELD, HELD, INVALID],
});
const text = (report = REPORT) => renderTextDocument(matrixDocument(report), { color: false, width: 200 });

it('shows the best first, with intervals', () => {
  const rows = text()
    .split('\n')
    .filter((line) => /^ {2}(none|large|small) +\d /.test(line));
  expect(rows[0]).toMatch(/^ {2}none +1 +held +none /);
  expect(rows[1]).toMatch(/^ {2}large +2 +3\.30 s \(3\.20–3\.40 s\)/);
  expect(rows[2]).toMatch(/^ {2}small +3 +1\.60 s \(1\.60–1\.70 s\)/);
});

it('says what it comes to, what was left out, and how sure it is', () => {
  const words = text().replace(/\s+/g, ' ');
  expect(words).toContain('none ranks first: the table held. The baseline, small: the table broke after 1.60 s.');
  expect(words).toContain('Difference to small');
  expect(words).toMatch(/large \+106 %/);
  expect(words).toMatch(/none never now/);
  expect(words).toContain('none/03 (generator-bound): ');
  expect(words).toContain(
    // The variant none has two.
    'Median (lowest–highest of the valid runs, 3 at most); such an interval contains the true median with a probability of at least 50 %',
  );
  expect(words).toContain('Too few runs for a significance test');
  expect(words).toContain('large: Twice the table (gateway.conntrack.max=1000)');
});

it('says that there is no difference, or no valid run', () => {
  expect(text(matrixOf({ small: [brokeAfter(2)], large: [brokeAfter(2)] }))).toContain(
    'No difference: the table broke after 2.00 s.',
  );
  expect(text(matrixOf({ small: [INVALID] }))).toContain('No variant has a valid run.');
});

it('has no recovery, and no difference in it, where nothing had to recover', () => {
  const row = (report: typeof REPORT, name: string) => {
    const table = matrixDocument(report).sections.find(({ heading }) => heading === 'Difference to small: what the table did');
    const [head = [], ...rows] = table?.blocks[0]?.kind === 'table' ? table.blocks[0].rows : [];
    return rows.find(([variant]) => variant === name)?.[head.indexOf('recovery')];
  };
  expect(row(REPORT, 'none')).toBe('-');
  expect(text()).toMatch(/^ {2}none +1 +held +none +held +- *$/m);
  expect(row(matrixOf({ small: [HELD], large: [brokeAfter(1)] }), 'large')).toBe('-');
});

const found = (answer: number | null, best = answer) => ({
  folder: 'small/find-01',
  outcome: answer === null ? ('doomed' as const) : ('converged' as const),
  answer,
  best,
  why: answer === null ? 'The generator was the limit.' : '',
  seconds: 200,
});

it('shows the highest value that holds, where it was searched for', () => {
  const report = matrixOf(
    { small: [brokeAfter(1)], large: [brokeAfter(2)], none: [HELD], unsearched: [HELD] },
    { searchVariable: 'floods.requests.rate' },
    { small: [found(40), found(44)], large: [found(84)], none: [found(null, 320)] },
  );
  const section = matrixDocument(report).sections.find(({ heading }) => heading === 'Highest floods.requests.rate that holds');
  expect(section?.blocks).toEqual([
    {
      kind: 'table',
      rows: [
        ['variant', 'holds up to', 'difference to small'],
        ['none', '320 (unconfirmed)', '-'],
        ['unsearched', '-', '-'],
        ['large', '84', '+100 %'],
        ['small', '42 (40–44)', ''],
      ],
    },
    { kind: 'list', items: ['small/find-01: no confirmed value: The generator was the limit.'] },
  ]);
  expect(text(report)).toContain('4 variants × 3 runs and 3 searches');
  expect(text()).not.toContain('Highest');
});

it('is a page with a picture of when each variant broke, and held ones beyond the last that did', () => {
  const page = renderHtmlDocument(matrixDocument(REPORT));
  const picture = /<svg class="intervals"[\s\S]*<\/svg>/.exec(page)?.[0] ?? '';
  expect([...picture.matchAll(/text-anchor="end">(\w+)<\/text>/g)].map(([, name]) => name)).toEqual(['none', 'large', 'small']);
  const dots = [...picture.matchAll(/<circle class="bad" cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(dots).toHaveLength(3);
  expect(dots).toEqual([...dots].sort((a, b) => b - a));
  expect(picture.match(/>held</g)).toHaveLength(1);
  expect(text()).not.toContain('svg');
});

it('is Markdown for a job summary', () => {
  const markdown = renderMarkdownDocument(matrixDocument(REPORT));
  expect(markdown).toMatch(/^# remedies: 3 variants × 3 runs$/m);
  expect(markdown).toMatch(/^\| large \| 2 \| 3\.30 s/m);
});

it('is a test suite with a case for every run', () => {
  const junit = renderMatrixJunit([REPORT]);
  expect(junit).toContain('tests="9" failures="0" errors="1"');
  expect(junit).toContain('<testcase name="small/01" classname="remedies.small"');
  expect(junit).toContain('<property name="rank.large" value="2"/>');
  const aborted = matrixOf({ small: [brokeAfter(1)], large: [] }, { outcome: 'aborted' });
  expect(renderMatrixJunit([aborted])).toMatch(/tests="2" failures="0" errors="1"[\s\S]*aborted after 1/);
});

it('is an annotation', () => {
  expect(matrixAnnotation(REPORT)).toMatch(/^::notice title=ctload remedies::3 variants × 3 runs\. none ranks first/);
  expect(matrixAnnotation(matrixOf({ small: [] }, { outcome: 'aborted' }))).toMatch(/^::error /);
});

it('says which variants help, and why the others do not', () => {
  const as = (seconds: number, entriesPerConnection: number, ipvs?: number) => {
    const summary = brokeAfter(seconds);
    const prediction = [
      { quantity: 'entriesPerConnection' as const, predicted: null, measured: entriesPerConnection, difference: null },
    ];
    return { ...summary, prediction, ...(ipvs === undefined ? {} : { ipvs: { connections: ipvs } }) };
  };
  const failing = (rate: number, summary: Summary) => ({
    ...summary,
    metrics: { ...summary.metrics, conn_failed: { type: 'rate', values: { rate } } },
  });
  const report = matrixOf({
    small: [failing(0.2, as(8, 1))],
    ipvs: [failing(0.21, as(8.1, 1, 300))],
    proxy: [failing(0.2, as(4, 2))],
    longer: [failing(0.5, as(7.9, 0.9))],
    none: [HELD],
    unknown: [INVALID],
  });
  const section = matrixDocument(report).sections.find(({ heading }) => heading === 'What helped, and what did not');
  expect(section?.blocks.flatMap((block) => (block.kind === 'list' ? block.items : []))).toEqual([
    expect.stringMatching(/^none: helps, the table holds; at most [\d,]+ entries in the table( instead of [\d,]+)?\.$/),
    "ipvs: no relief, the table breaks after 8.10 s as before (8.00 s); each connection has its entry, and one in IPVS's own list (300).",
    'longer: no relief, the table breaks after 7.90 s as before (8.00 s); 50 % of the attempts fail instead of 20 %.',
    'proxy: makes it worse, the table breaks after 4.00 s instead of 8.00 s; 2.00 entries per connection so far instead of 1.00.',
  ]);
});
