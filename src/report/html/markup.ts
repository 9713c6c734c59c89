import { escapeControls, printable } from '../../platform/printable.ts';
import { markupText } from '../text/markup.ts';

/** Text that may stand in a page as it is. Only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | readonly Markup[];

/** A template of markup: everything put into it is escaped, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + textOf(pieces[index - 1] ?? '') + string));
}

/** Markup that was made by ctload itself or comes with it: never anything from a scenario or a record. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** JSON that cannot end the script element it stands in. */
export function jsonForScript(value: unknown): Markup {
  return new Markup(escapeControls(JSON.stringify(value)).replaceAll('<', '\\u003c'));
}

export const NOTHING = new Markup('');

function textOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(({ text }) => text).join('');
  return markupText(printable(String(piece)));
}
