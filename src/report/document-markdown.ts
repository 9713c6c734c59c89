import type { Block, ReportDocument } from './document.ts';

/** The document as GitHub-flavoured Markdown. */
export function renderMarkdown({ title, lead, sections }: ReportDocument): string {
  const parts = [
    `# ${escaped(title)}`,
    ...lead.map((text) => `**${escaped(text)}**`),
    ...sections.flatMap(({ heading, blocks }) => [`## ${escaped(heading)}`, ...blocks.map(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return escaped(block.text);
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'table': {
      const [head = [], ...rows] = block.rows.map((row) => row.map((cell) => escaped(cell).replaceAll('|', '\\|')));
      const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
      return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
    }
    case 'code':
      return `\`${block.name}\`\n\n\`\`\`${block.name.endsWith('.yaml') ? 'yaml' : ''}\n${block.code.trimEnd()}\n\`\`\``;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\`*_<>[\]]/g, '\\$&');
}
