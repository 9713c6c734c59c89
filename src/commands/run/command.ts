import type { ScenarioInputs } from '../../scenario/load.ts';
import { type AlertFlags, alertFlags, alertRequest } from '../alert-flags.ts';
import type { Declare } from '../declare.ts';
import { choice, repeats } from '../flag-values.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';
import type { RunOptions } from './run.ts';

type RunFlags = ScenarioFlags &
  Omit<RunOptions, keyof ScenarioInputs | 'color' | 'alertRules'> &
  AlertFlags & { readonly stopWhen?: 'certain' };

export const declare: Declare = (program, { argv, environment, color, exit }) => {
  const command = scenarioFlags(
    program.command('run <scenario>').description('run a scenario and report where the gateway breaks'),
    argv,
  )
    .option('--repeat <n>', 'run N times and report median and spread of the breaking point', repeats, 1)
    .addOption(choice('--stop-when <moment>', 'end the load as soon as its outcome is certain', ['certain']));
  alertFlags(command)
    .optionsGroup('The results:')
    .option('-o, --output <dir>', 'folder for the results (default: results/<name>-<UTC time>)')
    .option('--summary-export <file>', 'also write summary.json there')
    .option('--junit-file <file>', 'also write junit.xml there, with a suite for every run')
    .option('-q, --quiet', 'no progress on stderr', false)
    .option('--json', 'print the summary as JSON instead of the report', false)
    .action(async (file: string, { stopWhen, ...flags }: RunFlags) => {
      const set = [...flags.set, ...(stopWhen === undefined ? [] : [`stopWhen=${stopWhen}`])];
      const options = {
        ...flags,
        ...scenarioInputs({ ...flags, set }, environment),
        color: color(),
        alertRules: alertRequest(flags),
      };
      const { run } = await import('./run.ts');
      exit(await run(file, options, argv));
    });
};
