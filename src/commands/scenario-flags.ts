import type { Command } from 'commander';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { ScenarioInputs } from '../scenario/load.ts';
import { collect } from './flag-values.ts';
import { scenarioKey, suggestFlags } from './meant-flags.ts';

export interface ScenarioFlags {
  readonly set: readonly string[];
  readonly driver?: string;
  readonly env: readonly string[];
}

/** Adds the flags of every command that reads a scenario. @param argv the whole command line */
export function scenarioFlags(command: Command, argv: readonly string[]): Command {
  return suggestFlags(command, argv, scenarioKey)
    .optionsGroup('The scenario:')
    .option('--set <path=value>', 'override any scenario key, e.g. gateway.conntrack.max=500 (repeatable)', collect, [])
    .option(
      '--driver <name>',
      'how the lab is built: auto, netns, docker, vm; external needs lab.target, kubernetes lab.kubernetes',
    )
    .option('-e, --env <VAR=value>', 'set a variable that the scenario interpolates (repeatable)', collect, []);
}

/**
 * These flags as the scenario's loader takes them.
 * @throws {CtloadError} exit 2 for an `-e` without a name or a `=`.
 */
export function scenarioInputs(
  { set, driver, env }: ScenarioFlags,
  environment: NonNullable<ScenarioInputs['environment']>,
): ScenarioInputs {
  const variables = env.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new CtloadError(`-e ${pair}: expected VAR=value`, { exitCode: ExitCode.usage });
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return { set, ...(driver === undefined ? {} : { driver }), variables: Object.fromEntries(variables), environment };
}
