import { dirname, resolve } from 'node:path';
import { reasonOf } from '../platform/errors.ts';
import { readRegular } from '../platform/read-file.ts';

/** Bytes; a scenario with such a text in it can still be read back. */
const LARGEST = 64 * 1024;

/**
 * The text of a file of the user's own, whose path is relative to the scenario `fileName`; a `source` with a line break is the text
 * itself. Ends with a line break.
 * @throws {Error} saying why the file cannot be read.
 */
export function ownText(source: string, fileName: string): string {
  let text = source;
  if (!source.includes('\n')) {
    try {
      text = readRegular(resolve(dirname(fileName), source), LARGEST);
    } catch (cause) {
      throw new Error(`cannot read ${source}: ${reasonOf(cause)}; the path is relative to the scenario file`, { cause });
    }
  }
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Why a text that takes more from files of its own is refused. */
export const NO_INCLUDE = 'include is not possible: a run could not be repeated from its record; put';
