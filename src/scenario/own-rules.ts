import type { OwnRules } from '../model/input/rules.ts';
import { messageOf } from '../platform/errors.ts';
import { NO_INCLUDE, ownText } from './own-text.ts';
import type { AnyFile } from './schema/file.ts';
import type { Problem } from './text/problem.ts';

/**
 * Puts the text of rule files in the place of their paths, which are relative to the scenario `fileName`. Returns what is wrong
 * with a file, or with rules that would not be what was run: those that take more from files of their own, or that remove what
 * they are to be added to.
 */
export function readRules<F extends AnyFile>(file: F, fileName: string): { readonly file: F; readonly problem?: Problem } {
  const given = file.gateway?.rules;
  const key = given?.nftables === undefined ? 'iptables' : 'nftables';
  const source = given?.[key];
  if (given === undefined || source === undefined) return { file };
  const problem = (message: string) => ({
    file,
    problem: { path: ['gateway', 'rules', key], about: 'value', message } satisfies Problem,
  });
  let text: string;
  try {
    text = ownText(source, fileName);
  } catch (error) {
    return problem(messageOf(error));
  }
  const wrong = key === 'nftables' ? wrongWith(text, given.mode) : undefined;
  if (wrong !== undefined) return problem(wrong);
  return { file: { ...file, gateway: { ...file.gateway, rules: { ...given, [key]: text } } } };
}

function wrongWith(text: string, mode: OwnRules['mode']): string | undefined {
  if (/^\s*include\s/m.test(text)) return `${NO_INCLUDE} all rules in one file`;
  if (mode === 'add' && /^\s*(flush\s+ruleset|destroy\s+ruleset)\b/m.test(text)) {
    return 'flush ruleset would remove the rules of the dataplane; leave it out, or use mode: replace';
  }
  return undefined;
}
