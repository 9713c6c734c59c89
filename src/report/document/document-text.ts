import { printable, printableData } from '../../platform/printable.ts';
import { clampWidth, type TerminalOptions } from '../terminal/terminal.ts';
import { painter, type Styler, table, wrap } from '../text/layout.ts';
import type { Block, ReportDocument } from './document.ts';

/** The document for a terminal. */
export function renderTextDocument(document: ReportDocument, options: TerminalOptions): string {
  const { title, lead, sections } = printableData(document, printable); // code has lines
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  const lines = [
    '',
    `  ${paint('bold', title)}`,
    '',
    ...lead.flatMap((text) => indented(text, width, '  ').map((line) => paint('bold', line))),
    ...sections.flatMap(({ heading, blocks }) => [
      '',
      paint('dim', `  ${heading}`),
      ...blocks.flatMap((block) => blockLines(block, width, paint)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function blockLines(block: Block, width: number, paint: Styler): string[] {
  switch (block.kind) {
    case 'text':
      return indented(block.text, width, '  ');
    case 'list':
      return block.items.flatMap((item) => wrap(item, width - 4).map((line, i) => `  ${i === 0 ? '·' : ' '} ${line}`));
    case 'table':
      return table(block.rows, width, paint);
    case 'intervals':
      return [];
    case 'code':
      return [
        '',
        paint('dim', `  ${block.name}`),
        ...block.code
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`.trimEnd()),
      ];
  }
}

function indented(text: string, width: number, indent: string): string[] {
  return wrap(text, width - indent.length).map((line) => indent + line);
}
