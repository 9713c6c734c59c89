import { stderrLog } from '../../platform/log.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program) => {
  program
    .command('clean')
    .description('remove what dead runs left behind and restore the sysctls they changed')
    .action(async () => {
      const { clean } = await import('./clean.ts');
      await clean(stderrLog(false));
    });
};
