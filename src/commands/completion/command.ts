import type { Declare } from '../declare.ts';
import { choiceArgument } from '../flag-values.ts';
import { SHELLS, type Shell } from './shells.ts';

export const declare: Declare = (program) => {
  program
    .command('completion')
    .addArgument(choiceArgument('<shell>', 'which shell', SHELLS))
    .description('print a completion script for a shell')
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.ts');
      process.stdout.write(completion(shell, program));
    });
};
