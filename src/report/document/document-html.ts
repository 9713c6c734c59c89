import { xmlText } from '../text/markup.ts';
import type { Block, ReportDocument } from './document.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{margin-top:2rem;border-bottom:1px solid #ccc;font-size:1.15rem}
.lead{font-weight:600}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}
th:first-child,td:first-child{text-align:left;padding-left:0}
pre{background:#f4f4f4;padding:.8rem;overflow-x:auto;font-size:13px}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#161616}pre{background:#222}h2{border-color:#555}th,td{border-color:#444}}`;

/** The document as one HTML page that needs nothing else. */
export function renderHtmlDocument({ title, lead, sections }: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${xmlText(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${xmlText(title)}</h1>
${lead.map((text) => `<p class="lead">${xmlText(text)}</p>`).join('\n')}
${sections.map(({ heading, blocks }) => `<h2>${xmlText(heading)}</h2>\n${blocks.map(blockHtml).join('\n')}`).join('\n')}
</body>
</html>
`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${xmlText(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${xmlText(item)}</li>`).join('\n')}\n</ul>`;
    case 'table': {
      const row = (cells: readonly string[], tag: string) =>
        `<tr>${cells.map((cell) => `<${tag}>${xmlText(cell)}</${tag}>`).join('')}</tr>`;
      const [head = [], ...rest] = block.rows;
      return `<table>\n${[row(head, 'th'), ...rest.map((cells) => row(cells, 'td'))].join('\n')}\n</table>`;
    }
    case 'code':
      return `<p><code>${xmlText(block.name)}</code></p>\n<pre>${xmlText(block.code.trimEnd())}</pre>`;
  }
}
