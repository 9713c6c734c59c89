import type { ComparedFigure, Comparison } from '../../model/result/comparison.ts';
import { xmlText } from '../text/markup.ts';
import { badge, differenceText, FOOTNOTE, figureCells, HEADINGS, limitSentences, sideText, title } from './wording.ts';

const STYLE = `:root{color-scheme:light dark;--ink:#1c1e21;--quiet:#5c6370;--line:#d9dce1;--paper:#fff;--bad:#b3261e;--good:#1b6e3c;--plain:#2b5ea7}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--quiet:#9aa3af;--line:#3a3f47;--paper:#16181c;--bad:#ff8a80;--good:#7bd69b;--plain:#8ab4f8}}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1rem;margin-top:2rem}
.regression{color:var(--bad)}.good{color:var(--good)}.compared{color:var(--plain)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{font-weight:500;color:var(--quiet)}
tr.regression td{font-weight:600}p.note{color:var(--quiet);font-size:.875rem}code{overflow-wrap:anywhere}`;

/** `ctload compare --html FILE`: one page that works offline, without script, in light and dark. */
export function comparisonHtml(comparison: Comparison): string {
  const { base, candidate, differences, figures } = comparison;
  const result = badge(comparison);
  const list = (lines: readonly string[]) => `<ul>\n${lines.map((line) => `<li>${xmlText(line)}</li>`).join('\n')}\n</ul>`;
  const limits = limitSentences(comparison).map(({ text }) => text);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>ctload compare: ${result}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1><span class="${result === 'no regression' ? 'good' : result}">${capital(result)}</span>: ${xmlText(title(comparison))}</h1>
${limits.length === 0 ? '' : `${list(limits)}\n`}${list([`Base ${sideText(base)}`, `Candidate ${sideText(candidate)}`])}
${differences.length === 0 ? '' : `<h2>Different</h2>\n${list(differences.map(differenceText))}\n`}<h2>Figures</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Figures"><table>
<thead><tr>${HEADINGS.map((heading) => `<th scope="col">${heading}</th>`).join('')}</tr></thead>
<tbody>
${figures.map(row).join('\n')}
</tbody>
</table></div>
<p class="note">${xmlText(FOOTNOTE)}</p>
</body>
</html>
`;
}

function row(figure: ComparedFigure): string {
  const cells = figureCells(figure).map((cell) => `<td>${xmlText(cell)}</td>`);
  return `<tr${figure.outcome === 'regression' ? ' class="regression"' : ''}>${cells.join('')}</tr>`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
