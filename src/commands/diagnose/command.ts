import type { Declare } from '../declare.ts';
import { choice } from '../flag-values.ts';
import type { DiagnoseOptions } from './diagnose.ts';

const FORMATS = ['text', 'markdown', 'html', 'json'];

export const declare: Declare = (program, { color, exit }) => {
  program
    .command('diagnose <file...>')
    .description('say what lost the connections of an incident, by logs and counters: the conntrack table, or what looks like it')
    .addOption(choice('--format <name>', 'what to print', FORMATS).default('text'))
    .option('--json', 'the same as --format json', false)
    .action(async (files: string[], flags: Pick<DiagnoseOptions, 'format'> & { readonly json: boolean }) => {
      const { diagnose } = await import('./diagnose.ts');
      exit(diagnose(files, { format: flags.json ? 'json' : flags.format, color: color().stdout }));
    });
};
