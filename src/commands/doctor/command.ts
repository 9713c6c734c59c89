import { interruptible } from '../../platform/exec.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program, { exit }) => {
  program
    .command('doctor')
    .description('show what this host can run, and why not')
    .option('--json', 'print it as JSON', false)
    .action(async (flags: { readonly json: boolean }) => {
      const { doctor } = await import('./doctor.ts');
      using interrupts = new Interrupts();
      exit(await interruptible(interrupts.graceful, () => doctor(flags)));
    });
};
