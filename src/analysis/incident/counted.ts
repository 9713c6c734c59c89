import type { Certainty, IncidentCause } from '../../model/result/diagnosis.ts';
import type { Because, Judged } from '../../model/result/incident-because.ts';
import type { Rises } from './rises.ts';

/** The figures of the counters that something shows. */
export function figuresOf(rises: Rises, names: readonly string[]): Judged['figures'] {
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = rises.of(name);
      return found === undefined ? [] : [[name, { value: found.value, rise: found.rise }]];
    }),
  );
}

/** What counters show that nothing but this cause raises. */
export function judgeCounters(
  rises: Rises,
  names: readonly string[],
): { readonly certainty: Certainty; readonly because: Because } {
  const known = names.flatMap((name) => {
    const found = rises.of(name);
    return found === undefined ? [] : [{ name, ...found }];
  });
  if (known.length === 0) return { certainty: 'unknown', because: { code: 'unseen' } };
  const rose = known.flatMap(({ name, rise }): [string, number][] => (rise !== null && rise > 0 ? [[name, rise]] : []));
  if (rose.length > 0) return { certainty: 'certain', because: { code: 'rose', counters: rose } };
  const counted = known.flatMap(({ name, value }): [string, number][] => (value > 0 ? [[name, value]] : []));
  const names_ = known.map(({ name }) => name);
  if (counted.length === 0) return { certainty: 'no', because: { code: 'did-not-rise', names: names_, ever: false } };
  if (known.some(({ value, rise }) => value > 0 && rise === null)) {
    return { certainty: 'possible', because: { code: 'since-boot', counters: counted } };
  }
  return { certainty: 'no', because: { code: 'before-the-readings', counters: counted } };
}

/** A cause that has counters of its own. */
export function judgeByCounters(cause: IncidentCause, rises: Rises, names: readonly string[]): Judged {
  const { certainty, because } = judgeCounters(rises, names);
  return { cause, certainty, because: [because], figures: figuresOf(rises, names) };
}
