import type { Declare } from '../declare.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';

export const declare: Declare = (program, { argv, environment }) => {
  scenarioFlags(program.command('validate <scenario...>').description('check scenario files'), argv).action(
    async (files: string[], flags: ScenarioFlags) => {
      const inputs = scenarioInputs(flags, environment);
      const { validate } = await import('./validate.ts');
      validate(files, inputs);
    },
  );
};
