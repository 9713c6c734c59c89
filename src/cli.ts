#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CompareOptions } from './commands/compare/compare.ts';
import type { FindOptions } from './commands/find/find.ts';
import { type PlanFlags, planFlags, planOptions } from './commands/plan/plan-flags.ts';
import { CtloadError, errnoOf, reasonOf } from './platform/errors.ts';
import { ExitCode } from './platform/exit-codes.ts';
import { stderrLog } from './platform/log.ts';
import { VERSION } from './platform/version.ts';
import type { ScenarioInputs } from './scenario/load.ts';

interface ScenarioFlags {
  readonly set: readonly string[];
  readonly driver?: string;
  readonly env: readonly string[];
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number, at least 1');
  return Number(text);
}

/** The flags of every verb that reads a scenario. */
function scenarioFlags(command: Command): Command {
  return command
    .option('--set <path=value>', 'override any scenario key, e.g. gateway.conntrack.max=500 (repeatable)', collect, [])
    .option('--driver <name>', 'how the lab is built: auto, netns, docker; external needs lab.target')
    .option('-e, --env <VAR=value>', 'set a variable that the scenario interpolates (repeatable)', collect, []);
}

function scenarioInputs(flags: ScenarioFlags): ScenarioInputs {
  const variables = flags.env.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new CtloadError(`-e ${pair}: expected VAR=value`, { exitCode: ExitCode.usage });
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return {
    set: flags.set,
    ...(flags.driver === undefined ? {} : { driver: flags.driver }),
    variables: Object.fromEntries(variables),
    environment: process.env,
  };
}

/** Colour is for terminals that have it, unless NO_COLOR (no-color.org) or --no-color says otherwise; FORCE_COLOR turns it on anywhere. */
function wantsColor(stream: NodeJS.WriteStream, flag: boolean): boolean {
  if (!flag || (process.env['NO_COLOR'] ?? '') !== '') return false;
  return (stream.isTTY && process.env['TERM'] !== 'dumb') || (process.env['FORCE_COLOR'] ?? '') !== '';
}

/** Verbs are loaded when they are asked for: to load all of ctload takes longer than to build a lab. */
function buildProgram(setExit: (code: number) => void): Command {
  const program = new Command('ctload')
    .description('Reproduce Linux conntrack exhaustion on a Kubernetes-style gateway and find the point where it breaks.')
    .version(VERSION)
    .option('--no-color', 'plain text (NO_COLOR works too)')
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 finished, 2 usage, 99 threshold failed, 100 lab, 101 teardown, 104 scenario, 105 aborted, 111 invalid run, 112 host unfit, 113 find has no answer, 114 regression.',
    );

  scenarioFlags(program.command('run <scenario>').description('run a scenario and report where the gateway breaks'))
    .option('-o, --output <dir>', 'folder for the results (default: results/<name>-<UTC time>)')
    .option('--summary-export <file>', 'also write summary.json there')
    .option('--junit-file <file>', 'also write junit.xml there, with a suite for every run')
    .option('--repeat <n>', 'run so many times and show median and spread of the breaking point', wholeNumber, 1)
    .option('-q, --quiet', 'no progress on stderr', false)
    .option('--json', 'print the summary as JSON instead of the report', false)
    .action(
      async (
        file: string,
        flags: ScenarioFlags & {
          output?: string;
          summaryExport?: string;
          junitFile?: string;
          repeat: number;
          quiet: boolean;
          json: boolean;
        },
      ) => {
        const { color } = program.opts<{ color: boolean }>();
        const { run } = await import('./commands/run/run.ts');
        setExit(
          await run(
            file,
            {
              ...scenarioInputs(flags),
              output: flags.output,
              summaryExport: flags.summaryExport,
              junitFile: flags.junitFile,
              repeat: flags.repeat,
              quiet: flags.quiet,
              json: flags.json,
              color: { stdout: wantsColor(process.stdout, color), stderr: wantsColor(process.stderr, color) },
            },
            process.argv,
          ),
        );
      },
    );
  scenarioFlags(program.command('find <scenario>').description('search for the highest value of a scenario key that holds'))
    .option('--variable <path>', 'key to vary (default: find.variable, else the rate of the first flood)')
    .addOption(new Option('--for <goal>', 'search for how many held connections fit instead').choices(['connections']))
    .option('--repeat <n>', 'search so many times and show the spread', wholeNumber, 1)
    .option('-o, --output <dir>', 'folder for the results (default: results/find-<name>-<UTC time>)')
    .option('--junit-file <file>', 'also write test results there for CI, with a suite for every search')
    .option('-q, --quiet', 'no progress on stderr', false)
    .option('--json', 'print find.json instead of the report', false)
    .action(async (file: string, flags: ScenarioFlags & Omit<FindOptions, 'forConnections' | 'color'> & { for?: string }) => {
      const { color } = program.opts<{ color: boolean }>();
      const options: FindOptions = {
        ...scenarioInputs(flags),
        variable: flags.variable,
        forConnections: flags.for === 'connections',
        repeat: flags.repeat,
        output: flags.output,
        junitFile: flags.junitFile,
        quiet: flags.quiet,
        json: flags.json,
        color: { stdout: wantsColor(process.stdout, color), stderr: wantsColor(process.stderr, color) },
      };
      const { find } = await import('./commands/find/find.ts');
      setExit(await find(file, options, process.argv));
    });
  scenarioFlags(program.command('validate <scenario...>').description('check scenario files')).action(
    async (files: string[], flags: ScenarioFlags) => {
      const { validate } = await import('./commands/validate/validate.ts');
      validate(files, scenarioInputs(flags));
    },
  );
  scenarioFlags(
    program.command('inspect <scenario>').description('show the resolved scenario, what it needs and when it should break'),
  )
    .option('--json', 'as JSON', false)
    .action(async (file: string, flags: ScenarioFlags & { json: boolean }) => {
      const { inspect } = await import('./commands/inspect/inspect.ts');
      inspect(file, scenarioInputs(flags), flags);
    });
  planFlags(
    scenarioFlags(
      program.command('plan [scenario]').description('what limit a node has, what a load needs, and what to set; no lab needed'),
    ),
  ).action(async (file: string | undefined, flags: ScenarioFlags & PlanFlags) => {
    const { color } = program.opts<{ color: boolean }>();
    const options = {
      ...scenarioInputs(flags),
      ...planOptions(flags),
      color: { stdout: wantsColor(process.stdout, color), stderr: wantsColor(process.stderr, color) },
    };
    const { plan } = await import('./commands/plan/plan.ts');
    setExit(await plan(file, options, process.argv));
  });
  program
    .command('report <dir>')
    .description("derive the report again from a run's folder")
    .option('--json', 'print the summary as JSON', false)
    .action(async (dir: string, flags: { json: boolean }) => {
      const { report } = await import('./commands/report/report.ts');
      report(dir, { ...flags, color: wantsColor(process.stdout, program.opts<{ color: boolean }>().color) });
    });
  program
    .command('compare <base> <candidate>')
    .description('set the runs of two folders side by side: what changed, and whether it got worse')
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
    .option('--markdown', 'print Markdown instead of text', false)
    .option('--html <file>', 'also write a page there')
    .option('--json', 'print the comparison as JSON', false)
    .action(async (base: string, candidate: string, flags: Omit<CompareOptions, 'color' | 'environment'>) => {
      const { compare } = await import('./commands/compare/compare.ts');
      const color = wantsColor(process.stdout, program.opts<{ color: boolean }>().color);
      setExit(compare(base, candidate, { ...flags, color, environment: process.env }));
    });
  program
    .command('doctor')
    .description('say what this host can run, and why not')
    .option('--json', 'as JSON', false)
    .action(async (flags: { json: boolean }) => setExit(await (await import('./commands/doctor/doctor.ts')).doctor(flags)));
  program
    .command('clean')
    .description('remove what dead runs left behind, restore the sysctls they changed')
    .action(async () => (await import('./commands/clean/clean.ts')).clean(stderrLog(false)));
  program
    .command('init [file]')
    .description('write a commented starter scenario')
    .action(async (file: string | undefined) => (await import('./commands/init/init.ts')).init(file));
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(run with --help for the options)');
  return program;
}

/** Prints an error once, in one form, and gives its exit code. A stack is shown only for bugs. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof CtloadError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(`internal error, please report it:\n${error instanceof Error ? error.stack : error}\n`);
  return ExitCode.bug;
}

/** A reader that leaves early, as `head` does, must not end a run. Any other reason why stdout takes no more is an error. */
function watchStreams(): void {
  process.stderr.on('error', () => {}); // nobody is left to be told
  let told = false;
  process.stdout.on('error', (error) => {
    if (told || errnoOf(error) === 'EPIPE') return;
    told = true;
    process.stderr.write(`error: cannot write to stdout: ${reasonOf(error)}\nhint: send it where there is room, or to a pipe\n`);
    process.on('exit', () => {
      process.exitCode ||= ExitCode.usage; // a code that says more stays
    });
  });
}

async function main(): Promise<void> {
  watchStreams();
  await buildProgram((code) => {
    process.exitCode = code;
  }).parseAsync();
}

main().catch((error: unknown) => {
  process.exitCode = explain(error);
});
