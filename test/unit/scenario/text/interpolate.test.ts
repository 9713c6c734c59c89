// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is the syntax under test
import { expect, it } from 'vitest';
import { interpolate } from '../../../../src/scenario/text/interpolate.ts';

const lookup = (name: string) => ({ A: '1', EMPTY: '' })[name];

it.each([
  ['${A}', '1'],
  ['x${A}y${A}', 'x1y1'],
  ['${NO:-2}', '2'],
  ['${EMPTY:-2}', '2'],
  ['${EMPTY}', ''],
  ['${NO:-}', ''],
  ['$${A}', '${A}'],
  ['$A costs $5, $$ or $', '$A costs $5, $ or $'],
])('%s becomes %s', (text, expected) => {
  expect(interpolate(text, lookup)).toMatchObject({ text: expected, problems: [] });
});

it.each([
  ['${NO}', 'variable NO is not set; set it with -e NO=… or write ${NO:-default}'],
  ['${A', '${A is neither ${NAME} nor ${NAME:-default}; write $$ for a dollar sign'],
  ['${}', '${} is neither ${NAME} nor ${NAME:-default}; write $$ for a dollar sign'],
  ['${A-b}', '${A-b} is neither ${NAME} nor ${NAME:-default}; write $$ for a dollar sign'],
])('%s is refused', (text, problem) => {
  expect(interpolate(text, lookup).problems).toEqual([problem]);
});
