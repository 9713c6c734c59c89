import type { ScenarioInputs } from '../../scenario/load.ts';
import type { Declare } from '../declare.ts';
import { choice, repeats } from '../flag-values.ts';
import { seconds } from '../plan/plan-values.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';
import type { FindOptions } from './find.ts';

type FindFlags = ScenarioFlags &
  Omit<FindOptions, keyof ScenarioInputs | 'forConnections' | 'color'> & { readonly for?: 'connections' };

export const declare: Declare = (program, { argv, environment, color, exit }) => {
  scenarioFlags(program.command('find <scenario>').description('search for the highest value of a scenario key that holds'), argv)
    .optionsGroup('The search:')
    .option('--variable <path>', 'key to vary (default: find.variable, else the rate of the first flood)')
    .addOption(choice('--for <goal>', 'search for how many held connections fit instead', ['connections']))
    .option('--budget <duration>', 'be over after that, e.g. 2m, with the best bracket if there is no answer yet', seconds)
    .option('--repeat <n>', 'search N times and report the spread', repeats, 1)
    .optionsGroup('The results:')
    .option('-o, --output <dir>', 'folder for the results (default: results/find-<name>-<UTC time>)')
    .option('--junit-file <file>', 'also write test results there for CI, with a suite for every search')
    .option('-q, --quiet', 'no progress on stderr', false)
    .option('--json', 'print find.json instead of the report', false)
    .action(async (file: string, { for: goal, ...flags }: FindFlags) => {
      const forConnections = goal === 'connections';
      const options = { ...flags, ...scenarioInputs(flags, environment), forConnections, color: color() };
      const { find } = await import('./find.ts');
      exit(await find(file, options, argv));
    });
};
