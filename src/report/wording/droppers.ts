import { GONE_COUNTER } from '../../model/input/rules.ts';

/** Who dropped what named counters counted. @param first whether the sentence begins with it */
export function droppers(counters: readonly { readonly name: string }[], first = true): string {
  const gone = counters.some(({ name }) => name === GONE_COUNTER);
  const own = !gone || counters.some(({ name }) => name !== GONE_COUNTER);
  const text = [
    ...(own ? ['rules of the scenario (gateway.rules)'] : []),
    ...(gone ? ['rules for endpoints that had gone (actions)'] : []),
  ].join(' and ');
  return first ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
