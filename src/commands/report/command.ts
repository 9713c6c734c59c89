import type { Declare } from '../declare.ts';

export const declare: Declare = (program, { color }) => {
  program
    .command('report <dir>')
    .description("regenerate summary and reports from a run's folder")
    .option('--json', 'print the summary as JSON', false)
    .action(async (dir: string, { json }: { readonly json: boolean }) => {
      const { report } = await import('./report.ts');
      report(dir, { json, color: color().stdout });
    });
};
