import type { Declare } from '../declare.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';

export const declare: Declare = (program, { argv, environment }) => {
  scenarioFlags(
    program.command('inspect <scenario>').description('show the resolved scenario, what it needs and when it should break'),
    argv,
  )
    .optionsGroup('The results:')
    .option('--json', 'print it as JSON', false)
    .action(async (file: string, flags: ScenarioFlags & { readonly json: boolean }) => {
      const inputs = scenarioInputs(flags, environment);
      const { inspect } = await import('./inspect.ts');
      inspect(file, inputs, flags);
    });
};
