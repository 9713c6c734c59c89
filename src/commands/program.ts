import { Command, type Help, type Option } from 'commander';
import { requireProcfs } from '../platform/tools.ts';
import type { Declare, Invocation } from './declare.ts';
import { EXAMPLES, exampleText } from './examples.ts';
import { exitCodeLine } from './exit-meanings.ts';
import { ERROR_OUTPUT } from './explain.ts';

type Load = () => Promise<{ readonly declare: Declare }>;

const HELP = 'Help:';

/** In the order of the help, by its groups. What is imported here are the flags; the rest of a command follows when it is called. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Make load:': {
    run: () => import('./run/command.ts'),
    find: () => import('./find/command.ts'),
    matrix: () => import('./matrix/command.ts'),
  },
  'Predict, without a lab:': {
    plan: () => import('./plan/command.ts'),
    inspect: () => import('./inspect/command.ts'),
  },
  'Read results:': {
    report: () => import('./report/command.ts'),
    compare: () => import('./compare/command.ts'),
    diagnose: () => import('./diagnose/command.ts'),
  },
  'Scenario files:': {
    init: () => import('./init/command.ts'),
    validate: () => import('./validate/command.ts'),
  },
  'This machine:': {
    watch: () => import('./watch/command.ts'),
    fill: () => import('./fill/command.ts'),
    doctor: () => import('./doctor/command.ts'),
    clean: () => import('./clean/command.ts'),
  },
  'A cluster:': {
    kubernetes: () => import('./kubernetes/command.ts'),
  },
  [HELP]: {
    completion: () => import('./completion/command.ts'),
    man: () => import('./man/command.ts'),
  },
};

/** Groups of commands that make or look at labs, processes and tables. */
const ON_LINUX = ['Make load:', 'This machine:'];

/** Commands that describe all others. */
const ABOUT_ALL = ['completion', 'man'];

/**
 * The command line of ctload. Loads the command that `first`, its first argument, names; help, flags before a command and typing
 * errors need to know all of them.
 * @param version printed by --version
 */
export async function createProgram(invocation: Invocation, version: string, first?: string): Promise<Command> {
  const program = new Command('ctload')
    .description('Reproduce Linux conntrack exhaustion on a Kubernetes-style gateway and find the point where it breaks.')
    .version(version)
    .option('--no-color', 'plain text (NO_COLOR works too)')
    .showHelpAfterError('(run with --help for the options)')
    .exitOverride()
    .configureOutput(ERROR_OUTPUT)
    .configureHelp({ formatHelp, optionDescription })
    .addHelpCommand(new Command('help').argument('[command]').description('show the help of a command').helpGroup(HELP))
    .addHelpText('after', `\n${exitCodeLine()}`);
  const all = Object.values(GROUPS).flatMap((commands) => Object.keys(commands));
  const needed = first !== undefined && all.includes(first) && !ABOUT_ALL.includes(first) ? [first] : all;
  for (const [group, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const [name, load] of Object.entries(commands)) {
      if (needed.includes(name)) (await load()).declare(program, invocation);
    }
  }
  program.hook('preAction', (_, action) => {
    if (ON_LINUX.includes(action.helpGroup())) requireProcfs();
  });
  return program;
}

/** Commander's own text, and the examples of the command under it. */
function formatHelp(command: Command, help: Help): string {
  const base = Object.getPrototypeOf(help) as Help;
  const examples = EXAMPLES[command.name()] ?? [];
  return `${base.formatHelp.call(help, command, help)}${examples.length === 0 ? '' : `\n${exampleText(examples)}`}`;
}

/** Without the defaults that say nothing. */
function optionDescription(this: Help, option: Option): string {
  return Object.getPrototypeOf(this)
    .optionDescription.call(this, option)
    .replace(/ \(default: (false|\[\]|\{\})\)$/, '');
}
