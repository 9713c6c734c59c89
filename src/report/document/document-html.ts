import { html, type Markup } from '../html/markup.ts';
import { plainList, plainTable } from '../html/plain-table.ts';
import { htmlPage } from '../html/skeleton.ts';
import { INTERVALS_STYLE, PLAIN_STYLE } from '../html/style.ts';
import type { Block, ReportDocument } from './document.ts';
import { intervalsPicture } from './intervals-html.ts';

/** The document as one HTML page that needs nothing else. */
export function renderHtmlDocument({ title, lead, sections }: ReportDocument): string {
  const body = html`<h1>${title}</h1>
${lead.map((text) => html`<p class="lead">${text}</p>\n`)}${sections.map(({ heading, blocks }) => html`<h2>${heading}</h2>\n${blocks.map((block) => blockHtml(heading, block))}`)}`;
  const pictures = sections.some(({ blocks }) => blocks.some(({ kind }) => kind === 'intervals'));
  return htmlPage({ title, style: pictures ? PLAIN_STYLE + INTERVALS_STYLE : PLAIN_STYLE, body });
}

function blockHtml(heading: string, block: Block): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>\n`;
    case 'list':
      return html`${plainList(block.items)}\n`;
    case 'table': {
      const [head = [], ...rows] = block.rows;
      const unmarked = rows.map((cells) => ({ cells, marked: false }));
      return html`${plainTable(heading, head, unmarked)}\n`;
    }
    case 'intervals':
      return html`${intervalsPicture(block)}\n`;
    case 'code':
      return html`<p><code>${block.name}</code></p>\n<pre>${block.code.trimEnd()}</pre>\n`;
  }
}
