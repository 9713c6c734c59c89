import type { Comparison } from '../../model/result/comparison.ts';
import { html, NOTHING } from '../html/markup.ts';
import { plainList, plainTable } from '../html/plain-table.ts';
import { htmlPage } from '../html/skeleton.ts';
import { PLAIN_STYLE } from '../html/style.ts';
import { badge, differenceText, FOOTNOTE, figureCells, HEADINGS, limitSentences, sideText, title } from './wording.ts';

/** `ctload compare --html FILE`: one page that works offline, without script, in light and dark. */
export function comparisonHtml(comparison: Comparison): string {
  const { base, candidate, differences, figures } = comparison;
  const result = badge(comparison);
  const limits = limitSentences(comparison).map(({ text }) => text);
  const rows = figures.map((figure) => ({ cells: figureCells(figure), marked: figure.outcome === 'regression' }));
  const different =
    differences.length === 0 ? NOTHING : html`<h2>Different</h2>\n${plainList(differences.map(differenceText))}\n`;
  const body = html`<h1><span class="${result === 'no regression' ? 'good' : result}">${capital(result)}</span>: ${title(comparison)}</h1>
${limits.length === 0 ? NOTHING : plainList(limits)}
${plainList([`Base ${sideText(base)}`, `Candidate ${sideText(candidate)}`])}
${different}<h2>Figures</h2>
${plainTable('Figures', HEADINGS, rows)}
<p class="note">${FOOTNOTE}</p>`;
  return htmlPage({ title: `ctload compare: ${result}`, style: PLAIN_STYLE, body });
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
