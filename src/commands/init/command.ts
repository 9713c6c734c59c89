import type { Declare } from '../declare.ts';

export const declare: Declare = (program) => {
  program
    .command('init [file]')
    .description('write a commented starter scenario')
    .action(async (file: string | undefined) => {
      const { init } = await import('./init.ts');
      init(file);
    });
};
