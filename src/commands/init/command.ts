import type { Declare } from '../declare.ts';

export const declare: Declare = (program) => {
  program
    .command('init [file]')
    .description('write a commented starter scenario, or a copy of the shipped scenario of that name')
    .action(async (file: string | undefined) => {
      const { init } = await import('./init.ts');
      init(file);
    });
};
