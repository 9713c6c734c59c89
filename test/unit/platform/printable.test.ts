import { expect, it } from 'vitest';
import { jsonText, printable, printableData, printableLine } from '../../../src/platform/printable.ts';

it.each([
  ['\u001b[31mred\u001b[0m', '\uFFFD[31mred\uFFFD[0m'],
  ['a\u009b2J\u0007\u007f\r', 'a\uFFFD2J\uFFFD\uFFFD\uFFFD'],
  ['a\tb\nc\r\nd', 'a\tb\nc\nd'],
  ['\u202egnp.exe', '\uFFFDgnp.exe'],
  ['x\n::error title=pwn::pwned', 'x\n: :error title=pwn::pwned'],
  ['x ::SET-OUTPUT name=a::b', 'x : :SET-OUTPUT name=a::b'],
  ['x ##[error]pwned', 'x # #[error]pwned'],
  ['bindAddress: "::", ::ffff:10.0.0.1, 95 % – ärger', 'bindAddress: "::", ::ffff:10.0.0.1, 95 % – ärger'],
])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown));

it('makes one line of several, and cleans data with its keys', () => {
  expect(printableLine('a\n  b\r\nc')).toBe('a b c');
  expect(printableData({ '\u001b': [null, 1, true, { a: 'b\nc' }] })).toEqual({ '\uFFFD': [null, 1, true, { a: 'b c' }] });
});

it('writes JSON of the same value without what steers a terminal', () => {
  const value = { a: '\u001b\u009b\u202e\u007f', b: '##[error]x', c: [1] };
  const text = jsonText(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toMatch(/^[\n -~]*$/);
  expect(text).not.toContain('##[');
});
