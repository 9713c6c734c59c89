import type { Command } from 'commander';
import { timeoutMeant } from '../model/input/timeouts.ts';
import { otherName } from '../model/other-names.ts';

/** Scenario keys that people try as flags, by the map they are in. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'gateway.conntrack': ['max', 'buckets', 'prefill', 'method', 'leaseWait', 'timeouts', 'node', 'kubeProxy'],
  gateway: ['dataplane'],
  'floods.<name>': [
    'rate',
    'duration',
    'connections',
    'kind',
    'executor',
    'arrival',
    'close',
    'heartbeat',
    'startTime',
    'connectTimeout',
    'responseTimeout',
    'payloadSize',
  ],
  backend: ['delay', 'status', 'backlog'],
  probe: ['interval'],
  find: ['variable', 'initialValue', 'precision', 'measuringPeriod', 'confirmPeriod', 'deadline'],
  lab: ['target', 'client'],
  'gateway.conntrack.node': ['cores', 'memory', 'instanceType', 'kernel'],
};
const TOP = ['seed', 'name', 'description', 'thresholds'];

/** What to write for flag `name` with `value` (`…` without one) instead; undefined when nothing is known of it. */
export type MeantFlag = (name: string, value: string) => string | undefined;

/**
 * Makes `command` say for a flag that it does not have which of its flags or which scenario key was meant: those of `more` first.
 * @param argv the whole command line
 */
export function suggestFlags(command: Command, argv: readonly string[], ...more: readonly MeantFlag[]): Command {
  return command.configureOutput({
    outputError: (text, write) => {
      const [, flag, name = '', attached] = /^error: unknown option '((?:--?)([^'=]+)(?:=([^']*))?)'/.exec(text) ?? [];
      const value = attached ?? valueAfter(argv, flag);
      const meant = [ownFlag(command), ...more].map((find) => find(name, value)).find((found) => found !== undefined);
      write(flag === undefined || meant === undefined ? text : `error: unknown option '${flag}'; did you mean ${meant}?\n`);
    },
  });
}

/** `--set floods.<name>.rate=5` for `--rate 5`: for the commands that read a scenario. */
export const scenarioKey: MeantFlag = (name, value) => {
  for (const [map, keys] of [...Object.entries(KEYS), ['', TOP] as const]) {
    const key = otherName(name, keys);
    if (key !== undefined) return `--set ${map === '' ? '' : `${map}.`}${key}=${value}`;
  }
  const timeout = timeoutMeant(name);
  return timeout === undefined ? undefined : `--set gateway.conntrack.timeouts.${timeout}=${value}`;
};

/** A flag that the command has, in another notation or in the words of another program. */
function ownFlag(command: Command): MeantFlag {
  return (name, value) => {
    const known = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long?.slice('--'.length) ?? []);
    const own = otherName(name, known);
    return own === undefined ? undefined : `--${own}${value === '…' ? '' : ` ${value}`}`;
  };
}

function valueAfter(argv: readonly string[], flag: string | undefined): string {
  const next = flag === undefined ? undefined : argv[argv.indexOf(flag) + 1];
  return next === undefined || next.startsWith('-') ? '…' : next;
}
