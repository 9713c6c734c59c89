import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../model/units.ts';
import type { Declare } from '../declare.ts';
import { choice } from '../flag-values.ts';
import type { DiagnoseOptions, SourceFlags, Time } from './diagnose.ts';

type Flags = Pick<DiagnoseOptions, 'format'> & SourceFlags & { readonly json: boolean };

const FORMATS = ['text', 'markdown', 'html', 'json'];

export const declare: Declare = (program, { color, exit }) => {
  program
    .command('diagnose [file...]')
    .description('say what lost the connections of an incident, by logs and counters: the conntrack table, or what looks like it')
    .option('--prometheus <url>', 'read what a Prometheus has scraped of the machine, e.g. http://127.0.0.1:9090')
    .option('--from <time>', 'start of that time: 2026-11-28T14:00:00Z, seconds since 1970, or a duration before --to', time)
    .option('--to <time>', 'end of that time (default: now)', time)
    .option('--instance <name>', 'the machine, as its label instance has it; needed if there are several')
    .addOption(choice('--format <name>', 'what to print', FORMATS).default('text'))
    .option('--json', 'the same as --format json', false)
    .action(async (files: string[], { json, format, ...source }: Flags) => {
      const { diagnose } = await import('./diagnose.ts');
      exit(await diagnose(files, source, { format: json ? 'json' : format, color: color().stdout }));
    });
};

/** @throws {InvalidArgumentError} unless it is a time, or how long ago. */
function time(text: string): Time {
  const ago = parseDuration(text);
  if (ago !== undefined) return { ago };
  const at = /^\d{9,11}(?:\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!/^\d/.test(text) || Number.isNaN(at)) {
    throw new InvalidArgumentError('expected a time such as 2026-11-28T14:00:00Z, seconds since 1970, or a duration such as 30m');
  }
  return { at };
}
