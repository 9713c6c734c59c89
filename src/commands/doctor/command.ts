import { Option } from 'commander';
import { interruptible } from '../../platform/exec.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program, { exit }) => {
  program
    .command('doctor')
    .description('show what this host can run, and why not')
    .addOption(
      new Option('--driver <name>', 'show what a cluster lacks instead, the one that kubectl uses').choices(['kubernetes']),
    )
    .option('--json', 'print it as JSON', false)
    .action(async (flags: { readonly json: boolean; readonly driver?: 'kubernetes' }) => {
      const { doctor, doctorOfCluster } = await import('./doctor.ts');
      using interrupts = new Interrupts();
      exit(await interruptible(interrupts.graceful, () => (flags.driver === undefined ? doctor(flags) : doctorOfCluster(flags))));
    });
};
