import type { Declare } from '../declare.ts';
import { collect } from '../flag-values.ts';
import type { CompareOptions } from './compare.ts';

export const declare: Declare = (program, { environment, color, exit }) => {
  program
    .command('compare <base> <candidate...>')
    .description('compare the runs of folders with those of the first: what changed, and whether it got worse')
    .optionsGroup('What counts:')
    .option(
      '--max-regression <metric=percent>',
      'exit 114 when it is worse by more, e.g. breaking_point_entries=2% (repeatable)',
      collect,
      [],
    )
    .option(
      '--allow-different <key>',
      'compare although this differs, e.g. gateway.conntrack.max or machine (repeatable)',
      collect,
      [],
    )
    .optionsGroup('The results:')
    .option('--markdown', 'print Markdown instead of text', false)
    .option('--html <file>', 'also write a page there')
    .option('--json', 'print the comparison as JSON', false)
    .action(async (base: string, candidates: [string, ...string[]], flags: Omit<CompareOptions, 'color' | 'environment'>) => {
      const { compare } = await import('./compare.ts');
      exit(compare(base, candidates, { ...flags, color: color().stdout, environment }));
    });
};
