import { writeFileSync } from 'node:fs';
import { CtloadError, errnoOf, reasonOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { printable } from '../../platform/printable.ts';
import { STARTER } from '../../scenario/starter.ts';

/**
 * Writes a commented scenario to start from.
 * @throws {CtloadError} exit 2 when `file` exists or cannot be written.
 */
export function init(file = 'ctload.yaml'): void {
  try {
    writeFileSync(file, STARTER, { flag: 'wx' });
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
