import { expect, it } from 'vitest';
import { INSTANCE_TYPES, instanceType, unknownInstanceType } from '../../../../src/model/node/instance-types.ts';

it.each([
  ['t2.micro', 1, 1],
  ['t3.micro', 2, 1],
  ['t3.medium', 2, 4],
  ['m5.large', 2, 8],
  ['m5.xlarge', 4, 16],
  ['m5.24xlarge', 96, 384],
  ['m5.metal', 96, 384],
  ['c5.large', 2, 4],
  ['c5.9xlarge', 36, 72],
  ['c4.8xlarge', 36, 60],
  ['c5n.18xlarge', 72, 192],
  ['r5.large', 2, 16],
  ['m7i-flex.large', 2, 8],
  ['m7i.metal-48xl', 192, 768],
  ['i3.large', 2, 15.25],
  ['c6g.medium', 1, 2],
])('%s has %i vCPUs and %d GiB', (name, cores, gib) => {
  expect(instanceType(name)).toMatchObject({ cores, memoryBytes: gib * 2 ** 30 });
});

it('knows 1,363 types, each with cores and memory, and which of them have no Nitro', () => {
  expect(INSTANCE_TYPES).toHaveLength(1363);
  expect(INSTANCE_TYPES.filter(({ cores, memoryBytes }) => !(Number.isInteger(cores) && cores > 0 && memoryBytes > 0))).toEqual(
    [],
  );
  expect(instanceType('m4.large')?.nitro).toBe(false);
  expect(instanceType('m5.large')?.nitro).toBe(true);
});

it('suggests the nearest when there is none such', () => {
  expect(instanceType('m5.lrge')).toBeUndefined();
  expect(unknownInstanceType('m5.lrge')).toBe('unknown instance type m5.lrge; did you mean m5.large?');
  expect(unknownInstanceType('c4.medium')).toContain('c4 has c4.large, c4.xlarge');
  expect(unknownInstanceType('potato')).toContain('expected one such as m5.large');
});
