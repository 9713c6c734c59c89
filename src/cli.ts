#!/usr/bin/env node
import { Command } from 'commander';
import type { Declare, Invocation } from './commands/declare.ts';
import { ERROR_OUTPUT, explain } from './commands/explain.ts';
import { neverEndUnfinished } from './commands/unfinished.ts';
import { wantsColor } from './platform/color.ts';
import { requireDescriptors } from './platform/descriptors.ts';
import { watchOutputStreams } from './platform/output-streams.ts';
import { VERSION } from './platform/version.ts';

/** In the order of the help. What is imported here are the flags; the rest of a command follows when it is called. */
const COMMANDS: ReadonlyMap<string, () => Promise<{ readonly declare: Declare }>> = new Map([
  ['run', () => import('./commands/run/command.ts')],
  ['find', () => import('./commands/find/command.ts')],
  ['validate', () => import('./commands/validate/command.ts')],
  ['inspect', () => import('./commands/inspect/command.ts')],
  ['plan', () => import('./commands/plan/command.ts')],
  ['report', () => import('./commands/report/command.ts')],
  ['compare', () => import('./commands/compare/command.ts')],
  ['doctor', () => import('./commands/doctor/command.ts')],
  ['clean', () => import('./commands/clean/command.ts')],
  ['init', () => import('./commands/init/command.ts')],
]);

const program = new Command('ctload')
  .description('Reproduce Linux conntrack exhaustion on a Kubernetes-style gateway and find the point where it breaks.')
  .version(VERSION)
  .option('--no-color', 'plain text (NO_COLOR works too)')
  .showHelpAfterError('(run with --help for the options)')
  .exitOverride()
  .configureOutput(ERROR_OUTPUT)
  .addHelpText(
    'after',
    '\nExit codes: 0 finished, 2 usage, 99 threshold failed, 100 lab, 101 teardown, 104 scenario, 105 aborted, 111 invalid run, 112 host cannot run it, 113 no answer found, 114 regression.',
  );

const colorOf = (stream: NodeJS.WriteStream) => wantsColor(stream, program.opts<{ color: boolean }>().color, process.env);

const invocation: Invocation = {
  argv: process.argv,
  environment: process.env,
  color: () => ({ stdout: colorOf(process.stdout), stderr: colorOf(process.stderr) }),
  exit: (code) => {
    process.exitCode = code;
  },
};

/** Loads the command that the first argument names; help, flags before a command and typing errors need to know all of them. */
async function main(): Promise<void> {
  requireDescriptors();
  const named = COMMANDS.get(process.argv[2] ?? '');
  const needed = named === undefined ? [...COMMANDS.values()] : [named];
  for (const { declare } of await Promise.all(needed.map((load) => load()))) declare(program, invocation);
  await program.parseAsync();
}

watchOutputStreams();
const work = main().catch((error: unknown) => {
  process.exitCode = explain(error);
});
neverEndUnfinished(work);
