import { printable, printableLine } from '../../platform/printable.ts';

// How foreign text (scenario names, descriptions, evidence) goes into marked-up files without becoming markup.

/** For HTML and XML, in text and in quoted attributes. */
export function markupText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * The same for XML, whose attributes keep line breaks only so. Characters that XML 1.0 does not have, or that control a terminal,
 * become U+FFFD.
 */
export function xmlText(text: string): string {
  return markupText(text.replace(NOT_XML, '\uFFFD')).replace(/[\n\t\r]/g, (space) => SPACES[space] ?? space);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const SPACES: Readonly<Record<string, string>> = {
  '\n': '&#10;', // a bare one is a space inside an attribute
  '\t': '&#9;',
  '\r': '&#13;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find (XML 1.0, production 2)
const NOT_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g;

/** For one line of GitHub's Markdown, table cells included: what could be markup is escaped, line breaks become spaces. */
export function markdownText(text: string): string {
  return printableLine(text)
    .trim()
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*[\]>|~$]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_') // inside a word it is no markup
    .replace(/^(?=[-+=#]+( |$))/, '\\')
    .replace(/^(\d+)(?=[.)]( |$))/, '$1\\');
}

/** A table of GitHub's Markdown; the cells are Markdown already. Columns after the first are flush right where `numbers`. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly boolean[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (numbers[column] ? '--:' : '---'))), ...rows.map(line)].join('\n');
}

/** A code block that its content cannot close. */
export function markdownCode(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${printable(text).trimEnd()}\n${fence}`;
}

/** A part that GitHub shows folded; `content` is Markdown. */
export function markdownDetails(summary: string, content: string): string {
  return `<details>\n<summary>${xmlText(summary)}</summary>\n\n${content}\n\n</details>`;
}
