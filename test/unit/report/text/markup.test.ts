import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../../src/report/markdown/markdown.ts';
import { markdownCode, markdownTable, markdownText, xmlText } from '../../../../src/report/text/markup.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

describe('text in XML', () => {
  it('keeps markup, quotes and line breaks from being read as such', () => {
    expect(xmlText(`<a href="x">'&'</a>\n`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;&#10;');
  });

  it('replaces what XML does not have', () => {
    expect(xmlText('a\x00b\x1bc\ufffed')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
  });
});

describe('text in Markdown', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script\\>alert(1)&lt;/script\\>'],
    ['a|b', 'a\\|b'],
    ['*bold* `code` [link](x) ~~gone~~', '\\*bold\\* \\`code\\` \\[link\\](x) \\~\\~gone\\~\\~'],
    ['two\nlines', 'two lines'],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['0.36 ms', '0.36 ms'],
    ['nf_conntrack_max', 'nf_conntrack_max'],
    ['_emphasis_', '\\_emphasis\\_'],
    ['&lt;', '&amp;lt;'],
  ])('%s stays what it is', (text, escaped) => {
    expect(markdownText(text)).toBe(escaped);
  });

  it('fences code with more backticks than it has', () => {
    expect(markdownCode('a\n````\nb\n', 'yaml')).toBe('`````yaml\na\n````\nb\n`````');
  });

  it('aligns columns of numbers to the right', () => {
    expect(markdownTable(['a', 'b'], [['1', '2']], [false, true])).toBe('| a | b |\n| --- | --: |\n| 1 | 2 |');
  });
});

describe('report.md', () => {
  it('shows a scenario that looks like markup as text', () => {
    const summary = summarize(run({ fullAt: 6.005 }), LATENCY);
    const scenario = { ...summary.scenario, name: '<script>alert(1)</script>', description: '</details>\n\n# | mine' };
    const text = renderMarkdown({ summary: { ...summary, scenario }, scenario: 'name: "```\\n</details>"\n' });
    const [body = ''] = text.split('<details>\n<summary>Scenario');
    expect(body.replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/<\w|<\//);
    expect(text).toContain('## &lt;script\\>alert(1)&lt;/script\\>: BROKE');
    expect(text).toContain('````yaml\nname: "```');
  });
});
