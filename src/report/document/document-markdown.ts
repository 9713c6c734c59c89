import { markdownCode, markdownTable, markdownText } from '../text/markup.ts';
import type { Block, ReportDocument } from './document.ts';

/** The document as GitHub-flavoured Markdown. */
export function renderMarkdownDocument({ title, lead, sections }: ReportDocument): string {
  const parts = [
    `# ${markdownText(title)}`,
    ...lead.map((text) => `**${markdownText(text)}**`),
    ...sections.flatMap(({ heading, blocks }) => [
      `## ${markdownText(heading)}`,
      ...blocks.flatMap((block) => (block.kind === 'intervals' ? [] : blockText(block))),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Exclude<Block, { readonly kind: 'intervals' }>): string {
  switch (block.kind) {
    case 'text':
      return markdownText(block.text);
    case 'list':
      return block.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'table': {
      const [head = [], ...rows] = block.rows.map((row) => row.map(markdownText));
      return markdownTable(
        head,
        rows,
        head.map((_, column) => column > 0),
      );
    }
    case 'code':
      return `\`${block.name}\`\n\n${markdownCode(block.code, block.name.endsWith('.yaml') ? 'yaml' : '')}`;
  }
}
