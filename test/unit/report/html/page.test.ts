import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../../src/analysis/series/series.ts';
import type { RunReport } from '../../../../src/model/result/report.ts';
import { renderPage } from '../../../../src/report/html/page.ts';
import { longRun } from '../../../fixtures/long-run.ts';
import { recordedRun, withConnections, withSpike } from '../../../fixtures/recorded.ts';
import { metaRecord } from '../../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../../fixtures/summary.ts';

/** What a reader without scripts sees, roughly: no tags, no scripts, no style. */
function text(page: string): string {
  return page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

function named(run: RunReport, name: string): RunReport {
  const { summary } = run;
  return {
    ...run,
    scenario: `name: ${name}\n`,
    summary: { ...summary, scenario: { ...summary.scenario, name, description: name }, run: { ...summary.run, command: name } },
  };
}

describe('report.html', () => {
  it('begins with what broke, when, and why that is sure', () => {
    expect(text(renderPage(recordedRun('smoke')))).toContain(
      'The conntrack table of 500 entries was full 1.67 s into the load and new connections were lost: all 800 packets the kernel dropped are SYNs that clients retransmitted or abandoned.',
    );
    expect(text(renderPage(recordedRun('held')))).toContain(
      'The conntrack table held: at most 1,398 of 20,000 entries (7.0 %), no packet dropped, all 1,500 attempts succeeded.',
    );
  });

  it('says so, too, when SYNs other than those the table dropped met TIME_WAIT', () => {
    const run = recordedRun('smoke');
    const accounting = { ...run.summary.accounting, explainedByClients: 810, timeWaitDropped: 50 };
    expect(text(renderPage({ ...run, summary: { ...run.summary, accounting } }))).toContain(
      'the kernel dropped 800 packets, clients retransmitted or abandoned 810 SYNs (not counting those that met TIME_WAIT at the backend).',
    );
  });

  it('says when alerts would have come, and when they could not', () => {
    const page = text(renderPage(recordedRun('smoke')));
    expect(page).toContain(
      'First seen between 1.27 s and 4.54 s (0.40 s before to 2.87 s after the first lost request), in 22 % of phases',
    );
    expect(page).toContain(
      'First seen between 1.68 s and 61.7 s (0.01 s after to 60.0 s after the first lost request), whatever the scrape phase',
    );
    expect(text(renderPage(recordedRun('held')))).toContain('No alert would have fired');
  });

  it('holds the figures without a script: tiles, floods, the charts as a table and as a picture', () => {
    const page = renderPage(recordedRun('mixed'));
    expect(text(page)).toContain('Breaking point 1,500 of 1,500 entries Broke at 4.40 s into the load');
    expect(text(page)).toContain('sockets long 400 350 50');
    expect(page.match(/<svg class="overview"/g)).toHaveLength(1);
    const table = page.slice(page.indexOf('The charts’ figures as a table'));
    expect(text(table)).toContain('4.5 1,500 100 %');
  });

  it('escapes whatever comes from outside', () => {
    const page = renderPage(named(recordedRun('smoke'), '<script>alert("1")</script>'));
    expect(page).not.toContain('<script>alert');
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')).toHaveLength(1 + 5); // title, name, description, command, scenario
  });

  it('allows its own script and style and nothing else', () => {
    const page = renderPage(recordedRun('smoke'));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? '';
    const hash = (kind: string) => {
      const content = new RegExp(`<${kind}>([\\s\\S]*?)</${kind}>`).exec(page)?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash('script')}; style-src ${hash('style')}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/ style=| on\w+=|(src|href)=/);
  });

  it('is the same twice, to the byte', () => {
    expect(renderPage(recordedRun('mixed'))).toBe(renderPage(recordedRun('mixed')));
  });

  it.each([
    [600, '1 s', 'every 10 s'],
    [4 * 3600, '24 s', 'every 300 s'],
  ])('stays under 500 kB for %i seconds of noise, and says what it left out', (seconds, stretch, rows) => {
    const page = renderPage(longRun(seconds));
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
    expect(text(page)).toContain(`the lowest and the highest value of each ${stretch}; timeline.csv has every 0.1 s`);
    expect(text(page)).toContain(`The charts’ figures as a table, ${rows}`);
  });

  it.each([50, 100, 400, 10_000, 200_000, 1_000_000, 30_000_000])(
    'labels the percentiles of %i connections apart',
    (connections) => {
      const page = renderPage(withConnections(recordedRun('held'), connections));
      const picture = page.slice(page.indexOf('aria-label="Connect latency by percentile"'));
      const labels = [...picture.slice(0, picture.indexOf('</svg>')).matchAll(/x="([\d.]+)"[^>]*>([\d.]+) %</g)];
      const spans = labels.map(([, at, text]) => ({ at: Number(at), half: ((text?.length ?? 0) + 2) * 3.5 }));
      expect(spans.length).toBeGreaterThan(1);
      for (const [index, { at, half }] of spans.entries()) {
        expect(at + half).toBeLessThanOrEqual(380);
        const next = spans[index + 1];
        if (next !== undefined) expect(at + half).toBeLessThanOrEqual(next.at - next.half);
      }
    },
  );

  it('cuts off one burst that would flatten the attempts, and says so', () => {
    const run = recordedRun('held');
    const chartOf = (page: string) => {
      const json = />(\{"end":.*?)<\/script>/.exec(page)?.[1] ?? '';
      return JSON.parse(json).charts.find(({ id }: { id: string }) => id === 'attempts');
    };
    const [, usual] = chartOf(renderPage(run)).range;
    expect(text(renderPage(run))).not.toContain('Cut off');
    const page = renderPage(withSpike(run, 25, 20_000));
    expect(chartOf(page).range[1]).toBeCloseTo(usual, 0);
    expect(Math.max(...chartOf(page).tracks[0].lines[0].values)).toBe(200_000); // for the cursor
    expect(text(page)).toMatch(/Cut off above [\d,]+\/s: one step of 0\.1 s, up to 200,000\/s at 2\.50 s\./);
    const overview = page.slice(page.indexOf('<svg class="overview"'));
    expect(overview.slice(0, overview.indexOf('</svg>'))).toMatch(/<text class="tick"[^>]*>Cut off above/);
    expect(overview.slice(0, overview.indexOf('</svg>'))).not.toMatch(/[VL ]-\d/); // nothing above the picture
  });

  it('shows a run that is nothing but a burst in full', () => {
    const run = recordedRun('held');
    const attempted = run.series.load.attempted.map((_, step) => (step === 3 ? 5000 : 0));
    const page = renderPage({ ...run, series: { ...run.series, load: { ...run.series.load, attempted, succeeded: attempted } } });
    expect(text(page)).not.toContain('Cut off');
  });

  it('can be made of a run that recorded nothing', () => {
    const nothing = [metaRecord()];
    const summary = summarize(nothing, []);
    const page = renderPage({ summary, latency: [], scenario: null, series: seriesOf(factsOfRun(nothing, []), []) });
    expect(text(page)).toContain('Inconclusive: ');
    expect(page.replace(/<script>[\s\S]*?<\/script>/, '')).not.toMatch(/NaN|Infinity|undefined/);
  });
});
