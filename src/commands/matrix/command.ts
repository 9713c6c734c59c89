import type { ScenarioInputs } from '../../scenario/load.ts';
import type { Declare } from '../declare.ts';
import { repeats } from '../flag-values.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';
import type { MatrixOptions } from './matrix.ts';

type MatrixFlags = ScenarioFlags & Omit<MatrixOptions, keyof ScenarioInputs | 'color'>;

export const declare: Declare = (program, { argv, environment, color, exit }) => {
  scenarioFlags(program.command('matrix <scenario>').description('compare the variants of a scenario under the same load'), argv)
    .optionsGroup('The matrix:')
    .option('--repeat <n>', 'runs of each variant, in rounds', repeats, 3)
    .option('--find', 'also search every variant for the highest rate (or find.variable) that holds', false)
    .option('--resume <dir>', 'continue the matrix in this folder: runs that finished count')
    .optionsGroup('The results:')
    .option('-o, --output <dir>', 'folder for the results (default: results/matrix-<name>-<UTC time>)')
    .option('--markdown', 'print Markdown instead of text', false)
    .option('--html <file>', 'also write a page there')
    .option('--junit-file <file>', 'also write test results there for CI, with a case for every run')
    .option('-q, --quiet', 'no progress on stderr', false)
    .option('--json', 'print matrix.json instead of the report', false)
    .action(async (file: string, flags: MatrixFlags) => {
      const options = { ...flags, ...scenarioInputs(flags, environment), color: color() };
      const { matrix } = await import('./matrix.ts');
      exit(await matrix(file, options, argv));
    });
};
