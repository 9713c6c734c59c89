import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/model/result/report.ts';
import type { Summary } from '../../../src/model/result/summary.ts';
import { renderJunit } from '../../../src/report/ci/junit.ts';
import { renderFindJunit } from '../../../src/report/ci/junit-find.ts';
import { renderFindMarkdown } from '../../../src/report/markdown/find-markdown.ts';
import { renderMarkdown } from '../../../src/report/markdown/markdown.ts';
import { prometheusReport } from '../../../src/report/prometheus/prometheus.ts';
import { deriveReport } from '../../../src/session/results/derive.ts';
import { DOOMED, FOUND } from '../../fixtures/find.ts';
import { ROOT } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';
import { check, fetchJunitSchemas, provideValidators } from '../support/validators.ts';

const missing = provideValidators();

const RUNS = ['smoke', 'held', 'mixed'].map((name) => deriveReport(join(ROOT, 'test/fixtures/runs', name)));

/** Looks like markup wherever it is put. */
const NAME = `<script>alert("1")</script> | \\ 'x' ]]>\n`;

/** The same runs as they could be: a failed threshold, a run that proves nothing, names that look like markup. */
const ODD: readonly RunReport[] = RUNS.map((run) => ({ ...run, summary: odd(run.summary), scenario: 'name: "</details>"\n' }));

const SEARCHES = [
  FOUND,
  DOOMED,
  { ...DOOMED, outcome: 'aborted', scenario: { name: NAME, description: NAME }, why: NAME } as const,
];

function odd(summary: Summary): Summary {
  const threshold = { metric: 'conntrack_drop', expression: 'count==0', ok: false, observed: 400, stoppedAtSeconds: 1 };
  const floods = Object.fromEntries(
    Object.entries(summary.floods).map(([flood, figures]) => [`${flood}${NAME}`, { ...figures, failures: { refused: 3 } }]),
  );
  const verdict = { ...summary.verdict, kind: 'inconclusive', validity: 'inconclusive' } as const;
  return {
    ...summary,
    scenario: { ...summary.scenario, name: NAME, description: NAME },
    floods,
    verdict,
    thresholds: [threshold],
  };
}

describe('what others make of the reports', skipFor(missing), () => {
  let schemas: ReturnType<typeof fetchJunitSchemas>;
  beforeAll(() => {
    schemas = fetchJunitSchemas();
  });
  afterAll(() => schemas[Symbol.dispose]());

  it('junit.xml is valid by the XSDs of Ant and of Jenkins', () => {
    const valid: Summary = { ...(RUNS[0] as RunReport).summary, thresholds: odd((RUNS[0] as RunReport).summary).thresholds };
    const xml = renderJunit([...RUNS.map(({ summary }) => summary), ...ODD.map(({ summary }) => summary), valid]);
    expectValid(xml);
    expect(xml).toContain('<failure ');
    expect(xml).toContain('<error ');
    expect(check(xml.replace(' tests="2"', ''), 'xmllint', '--noout', '--schema', schemas.ant, '-').code).not.toBe(0);
  });

  it('so is that of searches', () => {
    const xml = renderFindJunit(SEARCHES);
    expectValid(xml);
    expect(xml).toContain('<failure ');
    expect(xml).toContain('<error ');
  });

  function expectValid(xml: string): void {
    for (const schema of [schemas.ant, schemas.jenkins]) {
      const { code, says } = check(xml, 'xmllint', '--noout', '--nonet', '--schema', schema, '-');
      expect(code, says).toBe(0);
    }
  }

  it('metrics.prom passes promtool check metrics', () => {
    for (const run of [...RUNS, ...ODD]) {
      const { code, says } = check(prometheusReport.render(run), 'promtool', 'check', 'metrics');
      expect(code, says).toBe(0);
      expect(says).toBe('');
    }
    expect(check('# TYPE a counter\na 1\n', 'promtool', 'check', 'metrics').code).not.toBe(0);
  });

  it("report.md is what it should be in GitHub's own renderer", () => {
    const html = (run: RunReport) => htmlOf(renderMarkdown(run));
    const [smoke = '', ...others] = [...RUNS, ...ODD].map(html);
    expect(smoke).toContain('<h2>smoke: BROKE, conntrack table full</h2>');
    expect(smoke.match(/<table>/g)).toHaveLength(3);
    expect(smoke.match(/<\/details>/g)).toHaveLength(2);
    expect(smoke).toMatch(/<td>requests<\/td>\n<td>short<\/td>\n<td align="right">900<\/td>/);
    expect(smoke).toMatch(/<pre><code class="language-yaml">version: 1\nname: smoke/);
    expect([smoke, ...others].flatMap(tagsNotWanted)).toEqual([]);
    expect(others.at(-1)).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; | \\ 'x' ]]&gt;");
  });

  it('and so is the job summary of a search', () => {
    const [found = '', ...others] = SEARCHES.map((search) => htmlOf(renderFindMarkdown(search)));
    expect(found).toContain('<h2>x: CONVERGED, floods.requests.rate</h2>');
    expect(found).toContain('<p><strong>312.5 is the highest value that held with 2,000 conntrack entries.</strong></p>');
    expect(found).toMatch(/<td>1 confirm<\/td>\n<td align="right">312.5<\/td>\n<td>held<\/td>/);
    expect([found, ...others].flatMap(tagsNotWanted)).toEqual([]);
  });
});

function htmlOf(markdown: string): string {
  return check(markdown, 'cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink').says;
}

function tagsNotWanted(html: string): (string | undefined)[] {
  return [...html.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag).filter((tag) => !ALLOWED.has(tag));
}

const ALLOWED: ReadonlySet<string | undefined> = new Set([
  ...['h2', 'h3', 'p', 'strong', 'ul', 'li', 'pre', 'code'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'details', 'summary'],
]);
