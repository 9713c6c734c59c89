import { stripVTControlCharacters } from 'node:util';
import type { Screen } from './live-view.ts';

// The cursor is hidden only within one write, so that it is there whatever ends ctload, SIGKILL included.
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_TO_END = '\x1b[J';

/** Lines on a terminal that are redrawn in place, below everything that was written before. */
export class RedrawnLines {
  readonly #stream: Screen;
  #lines: readonly string[] = [];

  constructor(stream: Screen) {
    this.#stream = stream;
  }

  /** Room for the lines; a full line would wrap. */
  get size(): { readonly width: number; readonly height: number } {
    const { columns, rows } = this.#stream; // 0 where the size is not known
    return { width: Math.max(1, (columns || 80) - 1), height: Math.max(1, (rows || 24) - 1) };
  }

  /** @param news lines that stay above the others, each with its line break */
  draw(lines: readonly string[], news = ''): void {
    const above = rowsOf(this.#lines, this.#stream.columns || 80);
    const up = above === 0 ? '' : `\x1b[${above}A`;
    this.#lines = lines;
    this.#stream.write(`${HIDE_CURSOR}${up}\r${CLEAR_TO_END}${news}${lines.join('\n')}\n${SHOW_CURSOR}`);
  }
}

/** The rows that lines take up by now: a terminal that became narrower has wrapped them. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)), 0);
}
