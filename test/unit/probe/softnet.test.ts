import { expect, it } from 'vitest';
import { parseBacklogDropped } from '../../../src/probe/softnet.ts';

it('adds up what all CPUs dropped, from hexadecimal', () => {
  const rest = '00000000 '.repeat(12).trim();
  expect(parseBacklogDropped(`01bfa8ca 00007708 00000001 ${rest}\n01b810de 0000000a 00000002 ${rest}\n`)).toBe(0x7708 + 10);
  expect(parseBacklogDropped('')).toBe(0);
});
