import { fileURLToPath } from 'node:url';

/** ctload's package on this machine, and where the image has it. */
export const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const IN_IMAGE = '/ctload/';

/** The same command inside the image: `entry()` names this machine's Node and files. */
export function inImage(argv: readonly string[]): string[] {
  return argv.map((word) => {
    if (word === process.execPath) return 'node';
    return word.startsWith(PACKAGE) ? IN_IMAGE + word.slice(PACKAGE.length) : word;
  });
}
