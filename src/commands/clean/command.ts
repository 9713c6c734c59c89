import { interruptible } from '../../platform/exec.ts';
import { stderrLog } from '../../platform/log.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program) => {
  program
    .command('clean')
    .description('remove what dead runs left behind and restore the sysctls they changed')
    .action(async () => {
      const { clean } = await import('./clean.ts');
      using interrupts = new Interrupts();
      await interruptible(interrupts.graceful, () => clean(stderrLog(false)));
    });
};
