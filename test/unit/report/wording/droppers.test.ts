import { expect, it } from 'vitest';
import { GONE_COUNTER } from '../../../../src/model/input/rules.ts';
import { droppers } from '../../../../src/report/wording/droppers.ts';

it('names who dropped: the scenario’s rules, endpoints that had gone, or both', () => {
  const [own, gone] = [{ name: 'dropped-syns' }, { name: GONE_COUNTER }];
  expect(droppers([own])).toBe('Rules of the scenario (gateway.rules)');
  expect(droppers([gone], false)).toBe('rules for endpoints that had gone (actions)');
  expect(droppers([own, gone], false)).toBe(
    'rules of the scenario (gateway.rules) and rules for endpoints that had gone (actions)',
  );
});
