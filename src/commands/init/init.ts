import { readFileSync, writeFileSync } from 'node:fs';
import { CtloadError, errnoOf, reasonOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { printable } from '../../platform/printable.ts';
import { shippedFile } from '../../scenario/shipped.ts';
import { STARTER } from '../../scenario/starter.ts';

/** Where editors find the schema next to a shipped scenario; a copy of the scenario is somewhere else. */
const MODELINE = /^# yaml-language-server:.*\n#?\n?/;

/**
 * Writes a commented scenario to start from: the starter, or for the name of a shipped scenario a copy of that, as `<name>.yaml`.
 * @throws {CtloadError} exit 2 when the file exists or cannot be written.
 */
export function init(given = 'ctload.yaml'): void {
  const shipped = shippedFile(given);
  const file = shipped === undefined ? given : `${given}.yaml`;
  writeNew(file, () => (shipped === undefined ? STARTER : readFileSync(shipped, 'utf8').replace(MODELINE, '')));
}

/**
 * Writes a scenario and says what to do with it.
 * @throws {CtloadError} exit 2 when the file exists or cannot be written.
 */
export function writeNew(file: string, text: () => string): void {
  try {
    writeFileSync(file, text(), { flag: 'wx' });
  } catch (cause) {
    const exists = errnoOf(cause) === 'EEXIST';
    throw new CtloadError(exists ? `${file} already exists` : `cannot write ${file}: ${reasonOf(cause)}`, {
      hint: exists ? 'choose another name: ctload init FILE' : 'choose a folder you may write to: ctload init FILE',
      exitCode: ExitCode.usage,
      cause,
    });
  }
  process.stdout.write(printable(`wrote ${file}; next: ctload run ${file}\n`));
}
