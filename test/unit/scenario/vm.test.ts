import { expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/load.ts';
import { renderScenario } from '../../../src/scenario/render.ts';

const FLOOD = '{kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}';
const parse = (lab: string, more = '') =>
  parseScenario(`version: 1\nname: x\nlab: ${lab}\n${more}gateway: {conntrack: {max: 500}}\nfloods: {a: ${FLOOD}}\n`, 'f.yaml')
    .scenario;

it('has a virtual machine with driver vm, sampled half as often', () => {
  expect(parse('{driver: vm}')).toMatchObject({
    lab: { driver: 'vm', vm: { scope: 'gateway', memoryBytes: 2 ** 30, cpus: 1, accel: 'auto' } },
    probe: { intervalSeconds: 0.02 },
  });
  expect(parse('{driver: vm}', 'probe: {interval: 5ms}\n').probe.intervalSeconds).toBe(0.005);
  const other = parse('{driver: netns, vm: {cpus: 2}}');
  expect(other.lab).toMatchObject({ driver: 'netns', vm: { cpus: 2 } }); // the run says that it has no effect
  expect(parse('{driver: netns}').lab).toEqual({ driver: 'netns' });
  expect(other.probe.intervalSeconds).toBe(0.01);
});

it('reads its own machine back from the resolved scenario', () => {
  const scenario = parse(
    '{driver: vm, vm: {scope: lab, kernel: /boot/vmlinuz-6.12, modules: /lib/m, memory: 1536Mi, cpus: 2, accel: tcg}}',
  );
  expect(scenario.lab.vm).toEqual({
    scope: 'lab',
    kernel: '/boot/vmlinuz-6.12',
    modules: '/lib/m',
    memoryBytes: 1536 * 2 ** 20,
    cpus: 2,
    accel: 'tcg',
  });
  expect(parseScenario(renderScenario(scenario), 'f.yaml').scenario).toEqual(scenario);
});

it.each([
  ['{driver: vm, vm: {memory: 100Mi}}', 'lab.vm.memory: must be at least 512Mi'],
  ['{driver: vm, vm: {memory: 1.5x}}', 'lab.vm.memory: expected'],
  ['{driver: vm, vm: {accel: hvf}}', 'lab.vm.accel'],
  ['{driver: vm, vm: {cpus: 0}}', 'lab.vm.cpus: must be at least 1'],
])('refuses %s', (lab, message) => {
  expect(() => parse(lab)).toThrow(message);
});
