import { type AlertFlags, alertFlags, alertRequest } from '../alert-flags.ts';
import type { Declare } from '../declare.ts';

export const declare: Declare = (program, { color }) => {
  alertFlags(program.command('report <dir>').description("regenerate summary and reports from a run's folder"))
    .optionsGroup('The results:')
    .option('--json', 'print the summary as JSON', false)
    .action(async (dir: string, { json, ...flags }: AlertFlags & { readonly json: boolean }) => {
      const alertRules = alertRequest(flags);
      const { report } = await import('./report.ts');
      await report(dir, { json, color: color().stdout, alertRules });
    });
};
