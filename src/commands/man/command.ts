import { VERSION } from '../../platform/version.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program) => {
  program
    .command('man')
    .description('print the manual page, in roff')
    .action(async () => {
      const { manual } = await import('./man.ts');
      process.stdout.write(manual(program, VERSION));
    });
};
