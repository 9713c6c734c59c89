import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0] & string;

/** Paints text, or leaves it alone. */
export type Styler = (format: Format, text: string) => string;

export function painter(color: boolean): Styler {
  return color ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}

const BREAK = / (?!(?:ms|s|%)(?:[\s,;:.)]|$))/; // a number stays with its unit

/** Breaks `text` at spaces into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAK)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `text` wrapped beside a label: `  Clients   23 % of …`, further lines under the first. */
export function labelled(label: string, text: string, width: number, paint: Styler): string {
  const head = `  ${label.padEnd(12)}`;
  const lines = wrap(text, Math.max(20, width - head.length));
  return lines.map((line, index) => (index === 0 ? paint('dim', head) : ' '.repeat(head.length)) + line).join('\n');
}

/** Columns under headings: the first is flush left, the others right; columns that do not fit `width` are left out. */
export function table(rows: readonly (readonly string[])[], width: number, paint: Styler): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  let shown = 0;
  for (let used = 0; shown < columns; shown++) {
    used += 2 + (widths[shown] ?? 0);
    if (used > width) break;
  }
  return rows.map((row, index) => {
    const cells = row.slice(0, shown).map((cell, column) => {
      const cellWidth = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(cellWidth) : cell.padStart(cellWidth);
    });
    const line = `  ${cells.join('  ')}`;
    return index === 0 ? paint('dim', line) : line;
  });
}
