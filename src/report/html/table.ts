import { html, type Markup } from './markup.ts';

/** A table that scrolls sideways where it has no room; a column whose cells are figures is set flush right. */
export function dataTable(caption: string, headings: readonly string[], rows: readonly (readonly string[])[]): Markup {
  const figures = headings.map((_, column) => rows.every((row) => /^[−+<]?[\d.,–-]/.test(row[column] ?? '')));
  const cell = (text: string, column: number) =>
    column === 0
      ? html`<th scope="row">${text}</th>`
      : figures[column]
        ? html`<td class="figure">${text}</td>`
        : html`<td>${text}</td>`;
  const heading = (text: string, column: number) =>
    column > 0 && figures[column] ? html`<th scope="col" class="figure">${text}</th>` : html`<th scope="col">${text}</th>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${headings.map(heading)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}
