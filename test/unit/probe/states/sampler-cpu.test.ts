import { expect, it } from 'vitest';
import { samplerCpu } from '../../../../src/probe/states/sampler-cpu.ts';

it.each([
  ['0-1', 1, '0'],
  ['0-3', 3, '0-2'],
  ['0,2', 2, '0'],
  ['1-2,5-7', 7, '1-2,5-6'],
])('of CPUs %s gives the samplers %i and listings %s', (allowed, own, others) => {
  expect(samplerCpu(allowed)).toEqual({ own, others });
});

it.each(['0', '3', ''])('leaves all to both where there is only %s', (allowed) => {
  expect(samplerCpu(allowed)).toBeUndefined();
});

it('knows the CPUs of this process', () => {
  const { own, others } = samplerCpu() ?? {};
  expect(others === undefined || !others.split(',').includes(String(own))).toBe(true);
});
