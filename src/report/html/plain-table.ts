import { html, type Markup } from './markup.ts';

/** A table of a small page that scrolls sideways where it has no room. The first column is flush left, the others right. */
export function plainTable(
  label: string,
  headings: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly marked: boolean }[],
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map(({ cells, marked }) => html`<tr${marked ? html` class="regression"` : html``}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`;
}

/** A list of lines of text. */
export function plainList(items: readonly string[]): Markup {
  return html`<ul>\n${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;
}
